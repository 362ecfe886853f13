-- finding: "With false alarms for 10 % of the others, the model finds {found:share} of those who do it"
-- reading: "ROC curve on the {judged} rows: the dashed line is chance, the thick line is the model that serves."
-- chart: lines
-- x: false_positive_rate
-- y: recall
-- x_title: false positive rate
-- y_title: recall
-- series: model_family
-- x_form: .0%
-- y_form: .0%
-- is_first_strong: true
-- has_diagonal: true
-- table: [model_family, threshold, false_positive_rate, recall]
select
    curve.model_family,
    curve.threshold,
    curve.false_positive_rate,
    curve.recall,
    replace(curve.evaluated_on, '_', ' ') as judged,
    max(curve.recall) filter (where candidates.is_champion and curve.false_positive_rate <= .1) over () as found
from propensity.propensity_threshold_curve as curve
inner join propensity.propensity_model_candidates as candidates using (dataset, model_family)
where curve.dataset = $dataset and curve.evaluated_on = $evaluated_on and not candidates.is_baseline
order by candidates.is_champion desc, curve.model_family asc, curve.threshold desc
