{{ config(schema='models') }}

-- The parameters of a blend are the weights of its parts.
with runs as (
    select * from {{ ref('recommendations_model_runs') }}
),

algorithms as (
    select * from {{ ref('recommender_algorithms') }}
    where scorer = 'blend'
),

parts as (
    select
        runs.dataset,
        runs.model_name as algorithm,
        runs.params,
        unnest(json_keys(runs.params)) as part
    from runs
    semi join algorithms on runs.model_name = algorithms.algorithm
)

select
    dataset,
    algorithm,
    part,
    (params ->> part)::double as weight
from parts
order by dataset, algorithm, part
