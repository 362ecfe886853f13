-- Which products do the lists show most, and are they the popular ones?
with users as (
    select
        dataset,
        count(distinct user_id) as users
    from recommendations.product_recommendations
    group by dataset
)

select
    shown.dataset,
    shown.product_id,
    any_value(shown.product_name) as product_name,
    count(*) as lists,
    round(100.0 * count(*) / any_value(users.users), 1) as percent_of_users,
    round(avg(shown.rank), 1) as mean_rank,
    any_value(popular.rank) as popularity_rank
from recommendations.product_recommendations as shown
inner join users using (dataset)
left join recommendations.popular_products as popular using (dataset, product_id)
group by shown.dataset, shown.product_id
qualify row_number() over (partition by shown.dataset order by count(*) desc, shown.product_id asc) <= 20
order by shown.dataset asc, lists desc, shown.product_id asc
