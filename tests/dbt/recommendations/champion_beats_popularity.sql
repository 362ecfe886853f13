{{ config(enabled=area_enabled('recommendations'), severity='warn') }}

-- A warning: on the holdout, NDCG@10 of what is served should be above that of popularity, ever and of late, beyond its interval, which few
-- users are too few to show.
with metrics as (
    select * from {{ ref('recommender_metrics') }}
    where protocol = 'full_catalogue' and evaluated_on = 'holdout' and metric = 'ndcg' and k = 10
)

select
    champion.dataset,
    champion.algorithm,
    champion.value,
    champion.ci_low,
    popularity.value as popularity
from metrics as champion
inner join metrics as popularity
    on
        champion.dataset = popularity.dataset
        and popularity.algorithm in ('popularity_count', 'popularity_recent')
where champion.is_champion and champion.ci_low <= popularity.value
