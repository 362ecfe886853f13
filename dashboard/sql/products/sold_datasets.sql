-- Data sets of which it is known what is sold.
select distinct dataset from sales.monthly_sales
order by dataset
