{{ config(schema='models') }}

-- One row per data set: the algorithm that serves, and the best one of each scorer.
with fits as (
    select * from {{ ref('fit_recommenders') }}
),

stored as (
    {{ previous_rows(source('previous_models', 'recommender_champion'), {
        'dataset': 'varchar',
        'algorithm': 'varchar',
        'item_algorithm': 'varchar',
        'user_algorithm': 'varchar',
        'factor_algorithm': 'varchar'
    }) }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
)

-- Version 1 had ratings only, and did not name them.
select
    coalesce(stored.dataset, 'ratings') as dataset,
    stored.algorithm,
    stored.item_algorithm,
    stored.user_algorithm,
    stored.factor_algorithm
from stored
semi join kept on coalesce(stored.dataset, 'ratings') = kept.dataset

union all

select
    dataset,
    max(model_name) filter (where is_champion) as algorithm,
    max(model_name) filter (where is_best_of_scorer and scorer = 'item_weights') as item_algorithm,
    max(model_name) filter (where is_best_of_scorer and scorer = 'user_weights') as user_algorithm,
    max(model_name) filter (where is_best_of_scorer and scorer = 'factors') as factor_algorithm
from fits
where outcome in ('first', 'replaced')
group by dataset
