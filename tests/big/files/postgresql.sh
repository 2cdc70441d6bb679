# SPDX-License-Identifier: Apache-2.0
set -e
cd database
B=/usr/lib/postgresql/15/bin; export PATH=$B:$PATH HOME=$PWD
initdb -D data -A trust --no-sync -N > initdb.log; tail -1 initdb.log
cat >> data/postgresql.conf <<X
listen_addresses = '127.0.0.1'
port = 7432
unix_socket_directories = '$PWD'
max_parallel_workers_per_gather = 2
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
X
pg_ctl -D data -l log -w start >/dev/null
createdb -h 127.0.0.1 -p 7432 bench
pgbench -h 127.0.0.1 -p 7432 -i -s 1 -q bench 2>&1 | tail -1
pgbench -h $PWD -p 7432 -c 8 -j 2 -t 200 bench 2>&1 | grep -E 'processed|failed|tps'
pgbench -h 127.0.0.1 -p 7432 -n -S -c 4 -j 2 -t 1000 -M prepared bench 2>&1 | grep -E 'processed|failed|tps'
psql -h 127.0.0.1 -p 7432 -At bench <<X
select count(*), sum(bid) from pgbench_accounts;
select sum(abalance) = (select sum(delta) from pgbench_history) from pgbench_accounts;
set jit = on; set jit_above_cost = 0;
select a.aid % 10 k, count(*), sum(a.aid::bigint * b.aid % 97) from pgbench_accounts a join pgbench_accounts b on a.aid = 100001 - b.aid group by 1 order by 1;
create table t as select i, md5(i::text) m, i * 1.1::numeric n, sin(i) f from generate_series(1, 20000) i; create index on t (m); analyze t;
select m from t where m like 'ab%' order by m limit 3; select sum(n), round(sum(f)::numeric, 9) from t;
set jit = off;
create function f(x int) returns int language plpgsql as \$\$ declare r int; begin r := 100 / x; return r; exception when division_by_zero then return -1; end \$\$;
select sum(f(i % 5)) from generate_series(1, 10000) i;
with recursive r(n) as (select 1 union all select n + 1 from r where n < 5000) select sum(n) from r;
select jsonb_pretty('{"a": [1, 2.5, {"b": null}]}') ~ 'b', to_tsvector('english', 'running quickly over lazy dogs'), '2024-02-29'::date + interval '1 year';
X
pg_ctl -D data -w -m fast stop >/dev/null
grep -E 'PANIC|FATAL|crash|signal' log || true
