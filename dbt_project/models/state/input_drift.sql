-- How far what the models are fitted on has moved since the stored fits.
select
    area,
    dataset,
    feature,
    psi,
    n_rows,
    status
from {{ population_stability(ref('watched_feature_values'), source('previous_models', 'feature_baselines')) }}
