{{ config(enabled=source_enabled('ecommerce')) }}

-- How large are baskets, country by country?
with baskets as (
    select
        country,
        invoice_id,
        customer_id,
        sum(value) as value,
        count(*) as products
    from {{ ref('ecommerce_purchases') }}
    group by country, invoice_id, customer_id
)

select
    country,
    count(distinct customer_id) as customers,
    count(*) as baskets,
    round(avg(value), 2) as mean_value,
    median(value) as median_value,
    round(avg(products), 1) as mean_products
from baskets
group by country
order by customers desc, country asc
