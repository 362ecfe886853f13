-- finding: "Where 80 % of those who do it are to be found, {precise:share} of those flagged do it"
-- reading: "Precision-recall curve on the {judged} rows: the thick line is the model that serves."
-- chart: lines
-- x: recall
-- y: precision
-- x_title: recall
-- y_title: precision
-- series: model_family
-- x_form: .0%
-- y_form: .0%
-- is_first_strong: true
-- table: [model_family, threshold, recall, precision]
select
    curve.model_family,
    curve.threshold,
    curve.recall,
    curve.precision,
    replace(curve.evaluated_on, '_', ' ') as judged,
    max(curve.precision) filter (where candidates.is_champion and curve.recall >= .8) over () as precise
from propensity.propensity_threshold_curve as curve
inner join propensity.propensity_model_candidates as candidates using (dataset, model_family)
where
    curve.dataset = $dataset
    and curve.evaluated_on = $evaluated_on
    and not candidates.is_baseline
    and curve.precision is not null
order by candidates.is_champion desc, curve.model_family asc, curve.threshold desc
