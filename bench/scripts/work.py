# SPDX-License-Identifier: Apache-2.0
# A mixture of what python programs do: objects, dictionaries, strings, integers, floats, sorting, exceptions, json, re.
import json
import re


class Account:
    def __init__(self, number, balance):
        self.number = number
        self.balance = balance

    def transfer(self, other, amount):
        if amount > self.balance:
            raise ValueError(amount)
        self.balance -= amount
        other.balance += amount


def accounts(rounds):
    everyone = [Account(i, 1000 + i) for i in range(100)]
    refused = 0
    for i in range(rounds):
        try:
            everyone[i * 31 % 100].transfer(everyone[i * 17 % 100], i % 300)
        except ValueError:
            refused += 1
    return refused, sum(a.balance * a.number for a in everyone)


def words(rounds):
    text = "the dragoman spoke for a foreigner at the court and carried his words back"
    count = {}
    for i in range(rounds):
        for word in text.split():
            key = word[i % len(word):] + word[:1]
            count[key] = count.get(key, 0) + 1
    return sorted(count.items(), key=lambda item: (-item[1], item[0]))[:3]


def numbers(limit):
    sieve = bytearray([1]) * limit
    for i in range(2, int(limit ** 0.5) + 1):
        if sieve[i]:
            sieve[i * i::i] = bytes(len(range(i * i, limit, i)))
    x = 0.5
    for i in range(limit // 2):
        x = 3.7 * x * (1 - x)
    return sum(sieve) - 2, round(x, 6), pow(7, 4321, 10 ** 50)


def texts(rounds):
    pattern = re.compile(r"(\w+)-(\d+)")
    total = 0
    for i in range(rounds):
        data = json.loads(json.dumps({"name": "item-%d" % i, "values": list(range(20)), "nested": {"a": None}}))
        total += int(pattern.match(data["name"]).group(2)) + sum(data["values"])
    return total


print(accounts(200000))
print(words(8000))
print(numbers(300000))
print(texts(6000))
