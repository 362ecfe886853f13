-- Every figure that is a mean over users, in every resample; resample 0 is the sample itself. Several folds that choose
-- are judged together.
with estimate_metrics as (
    select * from {{ ref('estimate_user_metrics') }}
),

ranking_metrics as (
    select * from {{ ref('ranking_user_metrics') }}
),

resamples as (
    select * from {{ ref('resampled_users') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

resampled_estimates as (
    select
        metrics.*,
        folds.part,
        resamples.resample,
        resamples.times
    from estimate_metrics as metrics
    inner join folds using (dataset, fold)
    inner join resamples using (dataset, user_id)
),

resampled_rankings as (
    select
        metrics.*,
        folds.part,
        resamples.resample,
        resamples.times
    from ranking_metrics as metrics
    inner join folds using (dataset, fold)
    inner join resamples using (dataset, user_id)
),

estimates as (
    select
        dataset,
        part,
        algorithm,
        k,
        resample,
        sqrt({{ exact_sum('times * squared_error') }} / sum(times * ratings)) as rmse,
        {{ exact_sum('times * absolute_error') }} / sum(times * ratings) as mae,
        {{ exact_sum('times * precision') }} / sum(times) as precision,
        {{ exact_sum('times * recall') }} / sum(times) as recall
    from resampled_estimates
    group by dataset, part, algorithm, k, resample
),

rankings as (
    select
        dataset,
        part,
        algorithm,
        k,
        resample,
        {{ exact_sum('times * ndcg') }} / sum(times) as ndcg,
        {{ exact_sum('times * recall') }} / sum(times) as recall,
        {{ exact_sum('times * precision') }} / sum(times) as precision,
        {{ exact_sum('times * map') }} / sum(times) as map,
        {{ exact_sum('times * hit_rate') }} / sum(times) as hit_rate,
        {{ exact_sum('times * mrr') }} / sum(times) as mrr,
        {{ exact_sum('times * novelty') }} / sum(times) as novelty
    from resampled_rankings
    group by dataset, part, algorithm, k, resample
),

estimate_figures as (
    select
        dataset,
        'rated_items' as protocol,
        part,
        algorithm,
        resample,
        unnest(['rmse', 'mae', 'precision', 'recall', 'f1']) as metric,
        unnest([0, 0, k, k, k]) as k,
        unnest([
            rmse,
            mae,
            precision,
            recall,
            coalesce(2 * precision * recall / nullif(precision + recall, 0), 0)
        ]) as figure
    from estimates
),

ranking_figures as (
    select
        dataset,
        'full_catalogue' as protocol,
        part,
        algorithm,
        resample,
        unnest(['ndcg', 'recall', 'precision', 'map', 'hit_rate', 'mrr', 'novelty']) as metric,
        k,
        unnest([ndcg, recall, precision, map, hit_rate, mrr, novelty]) as figure
    from rankings
)

-- The errors do not depend on the depth: each stands there once per depth.
select distinct
    dataset,
    protocol,
    part,
    algorithm,
    resample,
    metric,
    k,
    {{ rounded('figure') }} as figure
from estimate_figures

union all

select
    dataset,
    protocol,
    part,
    algorithm,
    resample,
    metric,
    k,
    {{ rounded('figure') }} as figure
from ranking_figures
