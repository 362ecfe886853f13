-- Data sets in which something is recommended.
select distinct dataset from recommendations.popular_products
order by dataset
