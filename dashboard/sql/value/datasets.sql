-- Data sets of which orders are known.
select distinct dataset from sales.orders
order by dataset
