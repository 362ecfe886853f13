with contributions as (
    select * from {{ ref('lead_score_contributions') }}
),

wording as (
    select * from {{ ref('lead_reason_wording') }}
),

ranked as (
    select
        *,
        row_number() over (partition by lead_id order by abs(contribution) desc, feature) as place
    from contributions
),

worded as (
    select
        ranked.lead_id,
        ranked.place,
        ranked.contribution,
        coalesce(exact_wording.phrase, replace(any_wording.phrase, '{value}', coalesce(
            format('{:.12g}', round(try_cast(ranked.feature_value as double) / any_wording.divisor, any_wording.decimals)),
            ranked.feature_value
        ))) as phrase
    from ranked
    left join wording as exact_wording
        on ranked.feature = exact_wording.feature and coalesce(ranked.feature_value, 'missing') = exact_wording.feature_value
    left join wording as any_wording
        on ranked.feature = any_wording.feature and any_wording.feature_value = '*'
    where ranked.place <= 3
),

reasons as (
    select
        lead_id,
        place,
        case
            when contribution > 0 then phrase || ': raises'
            when contribution < 0 then phrase || ': lowers'
            else 'no further reason'
        end as reason
    from worded
)

select
    lead_id,
    max(reason) filter (where place = 1) as reason_1,
    max(reason) filter (where place = 2) as reason_2,
    max(reason) filter (where place = 3) as reason_3
from reasons
group by lead_id
