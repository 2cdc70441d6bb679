# SPDX-License-Identifier: Apache-2.0
set -e
mkdir redis
cd redis
redis-server --port 7391 --bind 127.0.0.1 --daemonize yes --dir "$PWD" --logfile log --pidfile "$PWD/pid" --appendonly yes $1
for i in 1 2 3 4 5 6 7 8 9 10; do
	redis-cli -p 7391 ping 2>/dev/null | grep -q PONG && break
	sleep 0.2
done
redis-benchmark -p 7391 --csv -n "$2" -c 30 -P 4 -r 1000 -t set,get,incr,lpush,lpop,sadd,hset,zadd,lrange_100,mset
redis-cli -p 7391 eval 'local s = 0 for i = 1, 100000 do s = s + i end return tostring(s)' 0
redis-cli -p 7391 bgsave
for i in 1 2 3 4 5 6 7 8 9 10; do
	redis-cli -p 7391 info persistence | grep -q '^rdb_bgsave_in_progress:0' && break
	sleep 0.2
done
redis-cli -p 7391 bgrewriteaof
sleep 0.5
redis-cli -p 7391 info persistence | tr -d '\r' | grep '_status:'
redis-cli -p 7391 info commandstats | tr -d '\r' | grep -E '^cmdstat_(incr|zadd|lpop):' | cut -d, -f1
redis-cli -p 7391 shutdown nosave || true
sleep 0.3
tail -n 1 log
ls
