-- If we had called the 50 best leads of those that no model has seen, how many would have become customers?
with unseen as (
    select
        has_outcome,
        row_number() over (order by raw_score desc, entity_id asc) as place
    from propensity.propensity_scores
    where dataset = 'leads' and split = 'holdout'
)

select
    count_if(place <= 50) as calls,
    count_if(place <= 50 and has_outcome) as customers,
    round(100 * avg(has_outcome::integer) filter (where place <= 50), 1) as percent_precision,
    round(100 * avg(has_outcome::integer), 1) as percent_of_all_leads,
    count(*) as unseen_leads
from unseen
