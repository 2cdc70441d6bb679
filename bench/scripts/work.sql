-- A mixture of what sqlite is used for: inserts, indexes, grouping, joins, text.
create table orders (id integer primary key, customer int, item text, price real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000)
insert into orders select i, i * 7919 % 2003, 'item' || (i * 31 % 97), (i % 1000) * 0.25 from n;
create index by_customer on orders (customer, price);
select count(*), sum(price) from orders;
select item, count(*), round(avg(price), 4) from orders group by item order by 2 desc, 1 limit 5;
select a.customer, count(*) from orders a join orders b on a.customer = b.customer and a.price < b.price
 where a.customer < 60 group by a.customer order by 2 desc, 1 limit 5;
select count(*) from orders where item like '%9' and price > 100;
update orders set price = price * 1.1 where customer % 5 = 0;
select round(sum(price), 3), count(distinct item) from orders;
