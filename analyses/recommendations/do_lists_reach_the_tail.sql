-- Do the lists reach more than best sellers? Places that go to the best sellers, and to everything else.
with places as (
    select
        shown.dataset,
        shown.product_id,
        case
            when popular.rank <= 10 then '1. ten best sellers'
            when popular.rank is not null then '2. further best sellers'
            else '3. all other products'
        end as products_shown
    from recommendations.product_recommendations as shown
    left join recommendations.popular_products as popular using (dataset, product_id)
)

select
    dataset,
    products_shown,
    count(distinct product_id) as products,
    count(*) as places,
    round(100.0 * count(*) / sum(count(*)) over (partition by dataset), 1) as percent_of_places
from places
group by dataset, products_shown
order by dataset, products_shown
