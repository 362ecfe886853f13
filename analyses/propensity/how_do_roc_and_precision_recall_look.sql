-- How do the families trade false alarms for customers found? Points of the ROC and precision-recall curves, on the holdout.
select
    dataset,
    model_family,
    threshold,
    round(false_positive_rate, 3) as false_positive_rate,
    round(recall, 3) as recall,
    round(precision, 3) as precision,
    round(flagged_share, 3) as flagged_share
from propensity.propensity_threshold_curve
where evaluated_on = 'holdout' and precision is not null
order by dataset, model_family, threshold
