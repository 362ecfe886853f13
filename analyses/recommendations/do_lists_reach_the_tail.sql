-- Do the lists reach more than best sellers? Tenths of the products by popularity: their share of purchases and of places.
with shown as (
    select
        dataset,
        product_id,
        count(*) as places
    from recommendations.product_recommendations
    group by dataset, product_id
),

products as (
    select
        dataset,
        listed.ratings,
        coalesce(shown.places, 0) as times_shown,
        ntile(10) over (partition by dataset order by listed.ratings desc, product_id asc) as popularity_tenth
    from recommendations.products as listed
    left join shown using (dataset, product_id)
)

select
    dataset,
    popularity_tenth,
    count(*) as products,
    round(100 * sum(ratings) / sum(sum(ratings)) over (partition by dataset), 1) as percent_of_purchases_or_ratings,
    round(100 * sum(times_shown) / sum(sum(times_shown)) over (partition by dataset), 1) as percent_of_places,
    count_if(times_shown > 0) as products_shown
from products
group by dataset, popularity_tenth
order by dataset, popularity_tenth
