-- Data sets in which something is recommended.
select distinct dataset from recommendations.product_recommendations
order by dataset
