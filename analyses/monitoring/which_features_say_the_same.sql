-- Which features say the same? The strongest correlations of numeric features, per area and data set.
select
    area,
    dataset,
    feature,
    other_feature,
    round(correlation, 3) as correlation,
    round(rank_correlation, 3) as rank_correlation,
    n_rows
from monitoring.feature_correlations
where abs(rank_correlation) >= 0.5
order by area asc, dataset asc, abs(rank_correlation) desc, feature asc, other_feature asc
