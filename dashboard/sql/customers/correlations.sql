-- finding: "Most closely linked: {linked}"
-- reading: >
--   Pearson's correlation: 1 go up together, 0 nothing to do with each other, -1 one goes up as the other goes down.
-- chart: heat
-- column: other_feature
-- row: feature
-- value: correlation
-- form: .1f
-- middle: 0
-- table: [feature, other_feature, correlation]
with numeric_columns as (
    select
        customer_id,
        columns(lambda name: list_contains($numbers, name))::double
    from query_table('segmentation.' || $dataset || '_customers')
    order by md5(customer_id)
    limit $most
),

long as (
    unpivot numeric_columns on columns(* exclude (customer_id)) into name feature value amount
),

pairs as (
    select
        left_side.feature,
        right_side.feature as other_feature,
        corr(left_side.amount, right_side.amount) as correlation
    from long as left_side
    inner join long as right_side using (customer_id)
    group by left_side.feature, right_side.feature
    having isfinite(corr(left_side.amount, right_side.amount))
)

select
    replace(feature, '_', ' ') as feature,
    replace(other_feature, '_', ' ') as other_feature,
    pairs.correlation,
    max_by(
        format('{} and {} ({:.2f})', replace(feature, '_', ' '), replace(other_feature, '_', ' '), pairs.correlation),
        if(feature < other_feature, abs(pairs.correlation), -1)
    ) over () as linked
from pairs
order by list_position($numbers, pairs.feature), list_position($numbers, pairs.other_feature)
