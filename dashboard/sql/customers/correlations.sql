-- finding: "Most closely linked: {linked}"
-- reading: >
--   Pearson's correlation: 1 go up together, 0 nothing to do with each other, -1 one goes up as the other goes down.
-- chart: heat
-- column: other_feature
-- row: feature
-- value: correlation
-- form: .1f
-- middle: 0
-- table: [feature, other_feature, correlation, rank_correlation]
with pairs as (
    select
        replace(feature, '_', ' ') as feature,
        replace(other_feature, '_', ' ') as other_feature,
        correlation,
        rank_correlation
    from monitoring.feature_correlations
    where area = 'segmentation' and dataset = $dataset and correlation is not null
)

select
    *,
    max_by(format('{} and {} ({:.2f})', feature, other_feature, correlation), abs(correlation)) over () as linked
from pairs
order by feature, other_feature
