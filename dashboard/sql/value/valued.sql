-- Data sets of which it is known what customers are expected to bring.
select distinct dataset from sales.customer_values
order by dataset
