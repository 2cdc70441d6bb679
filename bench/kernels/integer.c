// SPDX-License-Identifier: Apache-2.0
//
// An integer kernel in the manner of CoreMark: linked lists (find, reverse, merge sort), small matrices of 16-bit numbers, a
// state machine that scans numbers, and a CRC over all results, so that nothing can be left out.
//
// Parts: list matrix state.

#include "kernel.h"

static uint16_t
crc16(uint16_t crc, uint16_t value)
{
	for (int i = 0; i < 16; i++) {
		unsigned carry = (crc ^ value) & 1;

		crc >>= 1;
		value >>= 1;
		if (carry) {
			crc ^= 0xa001;
		}
	}
	return crc;
}

/* Lists */

struct node {
	struct node *next;
	int16_t key;
	int16_t payload;
};

enum { NODES = 120 };

static struct node nodes[NODES];

static struct node *
make_list(unsigned seed)
{
	for (int i = 0; i < NODES; i++) {
		seed = seed * 69069 + 1;
		nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
		nodes[i].key = (int16_t)(seed >> 16 & 0x7ff);
		nodes[i].payload = (int16_t)i;
	}
	return &nodes[0];
}

static struct node *
find(struct node *list, int16_t key)
{
	while (list != NULL && list->key != key) {
		list = list->next;
	}
	return list;
}

static struct node *
reverse(struct node *list)
{
	struct node *done = NULL;

	while (list != NULL) {
		struct node *next = list->next;

		list->next = done;
		done = list;
		list = next;
	}
	return done;
}

static int
by_key(const struct node *a, const struct node *b)
{
	return a->key - b->key;
}

static int
by_payload(const struct node *a, const struct node *b)
{
	return a->payload - b->payload;
}

static struct node *
merge_sort(struct node *list, int (*compare)(const struct node *, const struct node *))
{
	struct node *slow = list;
	struct node *fast = list;
	struct node *other;
	struct node *merged = NULL;
	struct node **tail = &merged;

	if (list == NULL || list->next == NULL) {
		return list;
	}
	while (fast->next != NULL && fast->next->next != NULL) {
		slow = slow->next;
		fast = fast->next->next;
	}
	other = slow->next;
	slow->next = NULL;
	list = merge_sort(list, compare);
	other = merge_sort(other, compare);
	while (list != NULL && other != NULL) {
		struct node **smaller = compare(list, other) <= 0 ? &list : &other;

		*tail = *smaller;
		tail = &(*smaller)->next;
		*smaller = *tail;
	}
	*tail = list != NULL ? list : other;
	return merged;
}

static uint16_t
list_part(uint16_t crc, unsigned iteration)
{
	struct node *list = make_list(iteration);
	int found = 0;

	for (int16_t key = 0; key < 60; key++) {
		struct node *node = find(list, (int16_t)(key * 31 % 2048));

		if (node != NULL) {
			found++;
			crc = crc16(crc, (uint16_t)node->payload);
		}
		list = reverse(list);
	}
	list = merge_sort(list, by_key);
	crc = crc16(crc, (uint16_t)(list->key + found));
	list = merge_sort(list, by_payload);
	for (int i = 0; list != NULL; list = list->next, i++) {
		if (i % 16 == 0) {
			crc = crc16(crc, (uint16_t)list->key);
		}
	}
	return crc;
}

/* Matrices */

enum { SIZE = 24 };

static int16_t left[SIZE][SIZE];
static int16_t right[SIZE][SIZE];
static int32_t product[SIZE][SIZE];

static void
multiply(void)
{
	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			int32_t sum = 0;

			for (int k = 0; k < SIZE; k++) {
				sum += left[i][k] * right[k][j];
			}
			product[i][j] = sum;
		}
	}
}

static int16_t
summarize(int32_t limit)
{
	int32_t sum = 0;
	int32_t previous = 0;
	int16_t result = 0;

	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			int32_t current = product[i][j];

			sum += current;
			if (sum > limit) {
				result = (int16_t)(result + 10);
				sum = 0;
			} else {
				result = (int16_t)(result + (current > previous));
			}
			previous = current;
		}
	}
	return result;
}

static uint16_t
matrix_part(uint16_t crc, unsigned iteration)
{
	for (int i = 0; i < SIZE; i++) {
		for (int j = 0; j < SIZE; j++) {
			left[i][j] = (int16_t)((i * SIZE + j + (int)iteration) % 191 - 80);
			right[i][j] = (int16_t)((j * 7 - i * 3 + (int)iteration * 5) % 127);
		}
	}
	for (int round = 0; round < 4; round++) {
		multiply();
		crc = crc16(crc, (uint16_t)summarize(100000));
		for (int i = 0; i < SIZE; i++) {
			for (int j = 0; j < SIZE; j++) {
				left[i][j] = (int16_t)((product[i][j] >> 2 & 15) *
						       (product[i][j] >> 5 & 127));
			}
		}
	}
	return crc;
}

/* State machine: kinds of words in a text */

enum state {
	START,
	SIGN,
	INTEGER,
	POINT,
	FRACTION,
	EXPONENT,
	EXPONENT_SIGN,
	SCIENTIFIC,
	INVALID,
	STATES
};

static enum state
next_state(enum state state, char c)
{
	int digit = c >= '0' && c <= '9';

	switch (state) {
	case START:
		return digit ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID;
	case SIGN: return digit ? INTEGER : c == '.' ? POINT : INVALID;
	case INTEGER: return digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : INVALID;
	case POINT: return digit ? FRACTION : INVALID;
	case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
	case EXPONENT: return digit ? SCIENTIFIC : c == '+' || c == '-' ? EXPONENT_SIGN : INVALID;
	case EXPONENT_SIGN:
	case SCIENTIFIC: return digit ? SCIENTIFIC : INVALID;
	default: return INVALID;
	}
}

static uint16_t
state_part(uint16_t crc, unsigned iteration)
{
	static const char words[] =
		"5012,+1.5e10,-.123,hello,12x4,0.0001,-7e-3,+,1.5.5,99999,.5e+,123e45,--3,8,";
	char text[sizeof(words)];
	unsigned final[STATES] = { 0 };
	unsigned visited[STATES] = { 0 };

	memcpy(text, words, sizeof(words));
	for (size_t i = iteration % 7; i < sizeof(text) - 1; i += 11) {
		if (text[i] != ',') {
			text[i] = (char)('0' + iteration % 10);
		}
	}
	for (int round = 0; round < 50; round++) {
		enum state state = START;

		for (const char *p = text; *p != 0; p++) {
			if (*p == ',') {
				final[state]++;
				state = START;
			} else {
				state = next_state(state, *p);
				visited[state]++;
			}
		}
	}
	for (int i = 0; i < STATES; i++) {
		crc = crc16(crc, (uint16_t)(final[i] * 64 + visited[i]));
	}
	return crc;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 3400);
	int lists = kernel_wants(argc, argv, "list");
	int matrices = kernel_wants(argc, argv, "matrix");
	int states = kernel_wants(argc, argv, "state");
	uint16_t crc = 0;

	for (unsigned i = 0; i < rounds; i++) {
		if (lists) {
			crc = list_part(crc, i);
		}
		if (matrices) {
			crc = matrix_part(crc, i);
		}
		if (states) {
			crc = state_part(crc, i);
		}
	}
	kernel_report("integer", crc);
	return 0;
}
