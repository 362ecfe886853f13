-- How the rows spread that each model was fitted on, and what it put out; kept until another fit replaces it.
with outcomes as (
    select
        area,
        dataset,
        outcome in ('first', 'replaced') as is_fitted
    from {{ ref('fit_outcomes') }}
),

previous as (
    select * from {{ source('previous_models', 'feature_baselines') }}
),

feature_values as (
    select
        area,
        dataset,
        feature,
        number_value,
        text_value
    from {{ ref('watched_feature_values') }}
    where is_fitted_on

    union all

    select
        area,
        dataset,
        feature,
        number_value,
        text_value
    from {{ ref('output_values') }}
),

-- A night that scores fits nothing, and reads nothing here.
fitted as (
    select feature_values.*
    from feature_values
    inner join outcomes using (area, dataset)
    where outcomes.is_fitted
),

deciles as (
    select
        area,
        dataset,
        feature,
        coalesce(
            list_sort(list_distinct(quantile_cont(number_value, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]))), []
        ) as edges
    from fitted
    group by area, dataset, feature
),

binned as (
    select
        area,
        dataset,
        feature,
        {{ drift_bin('deciles.edges') }} as bin,
        deciles.edges,
        count(*) as bin_rows
    from fitted
    inner join deciles using (area, dataset, feature)
    group by all
),

present as (
    select
        area,
        dataset,
        feature,
        bin,
        edges,
        bin_rows / sum(bin_rows) over (partition by area, dataset, feature) as share,
        (sum(bin_rows) over (partition by area, dataset, feature))::bigint as n_rows
    from binned
)

select * from present

union all

select
    previous.area,
    previous.dataset,
    previous.feature,
    previous.bin,
    previous.edges,
    previous.share,
    previous.n_rows
from previous
inner join outcomes using (area, dataset)
where not outcomes.is_fitted
order by area, dataset, feature, bin
