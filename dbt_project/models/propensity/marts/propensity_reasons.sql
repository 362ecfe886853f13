with contributions as (
    select * from {{ ref('propensity_score_contributions') }}
),

wording as (
    select * from {{ ref('propensity_reason_wording') }}
),

ranked as (
    select
        *,
        row_number() over (partition by dataset, entity_id, sign(contribution) order by abs(contribution) desc, feature) as place
    from contributions
),

worded as (
    select
        ranked.dataset,
        ranked.entity_id,
        ranked.place,
        ranked.contribution,
        case when (ranked.dataset, ranked.feature) in {{ masked_features() }} then replace(ranked.feature, '_', ' ') else coalesce(
            exact_wording.phrase,
            replace(any_wording.phrase, '{value}', coalesce(
                format('{:.12g}', round(try_cast(ranked.feature_value as double) / any_wording.divisor, any_wording.decimals)),
                ranked.feature_value
            )),
            ranked.feature || ': ' || coalesce(ranked.feature_value, 'missing')
        ) end as phrase
    from ranked
    left join wording as exact_wording
        on
            ranked.dataset = exact_wording.dataset
            and ranked.feature = exact_wording.feature
            and coalesce(ranked.feature_value, 'missing') = exact_wording.feature_value
    left join wording as any_wording
        on ranked.dataset = any_wording.dataset and ranked.feature = any_wording.feature and any_wording.feature_value = '*'
    where ranked.place <= 3
)

select
    dataset,
    entity_id,
    max(phrase) filter (where contribution > 0 and place = 1) as reason_1,
    max(phrase) filter (where contribution > 0 and place = 2) as reason_2,
    max(phrase) filter (where contribution > 0 and place = 3) as reason_3,
    max(phrase) filter (where contribution < 0 and place = 1) as counter_reason_1
from worded
group by dataset, entity_id
