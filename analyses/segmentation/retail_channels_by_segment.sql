-- Where does each retail segment buy, and how often does it only look?
select
    segment_name,
    count(*) as customers,
    round(100 * avg(web_share), 1) as percent_web,
    round(100 * avg(catalog_share), 1) as percent_catalog,
    round(100 * avg(store_share), 1) as percent_store,
    round(avg(web_visits_last_month), 1) as mean_web_visits,
    round(sum(web_visits_last_month) / nullif(sum(web_purchases), 0), 2) as visits_per_web_purchase
from segmentation.retail_customers
group by segment_name
order by segment_name
