-- How personal are the lists? Places by source, and how many different products each source shows.
select
    dataset,
    source,
    count(*) as places,
    round(100.0 * count(*) / sum(count(*)) over (partition by dataset), 1) as percent_of_places,
    count(distinct user_id) as users,
    count(distinct product_id) as products
from recommendations.product_recommendations
group by dataset, source
order by dataset asc, places desc, source asc
