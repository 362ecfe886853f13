{# One row per group of a CTE with raw_score, probability, threshold, is_converted and weight (whole numbers):
   the nine figures of lead_model_metrics. Tied scores count half in the ROC AUC, share one precision in the
   average precision (both as in scikit-learn), and enter the first decile by their mean. #}
{% macro score_metrics(scores, by) %}
    with tied as (
        select
            {{ by | join(', ') }},
            raw_score,
            sum(weight) as leads,
            sum(weight * is_converted::int) as converted,
            sum(weight * (probability >= threshold)::int) as flagged,
            sum(weight * (probability >= threshold and is_converted)::int) as hits,
            sum(weight * (probability - is_converted::int) ** 2) as squared_error,
            -sum(weight * ln(case when is_converted then probability else 1 - probability end)) as log_loss
        from {{ scores }}
        where weight > 0
        group by {{ by | join(', ') }}, raw_score
    ),

    cumulated as (
        select
            *,
            sum(leads) over best_first as leads_at_least,
            sum(converted) over best_first as converted_at_least,
            sum(leads) over everything as all_leads,
            sum(converted) over everything as all_converted
        from tied
        window
            best_first as (partition by {{ by | join(', ') }} order by raw_score desc rows unbounded preceding),
            everything as (partition by {{ by | join(', ') }})
    ),

    compared as (
        select
            *,
            (all_leads - leads_at_least) - (all_converted - converted_at_least) + (leads - converted) / 2 as lost_below,
            greatest(0, least(leads, ceil(all_leads / 10) - (leads_at_least - leads))) / leads as share_in_first_decile
        from cumulated
    ),

    summed as (
        select
            {{ by | join(', ') }},
            sum(leads) as leads,
            sum(converted) as converted,
            sum(flagged) as flagged,
            sum(hits) as hits,
            sum(squared_error) as squared_error,
            sum(log_loss) as log_loss,
            sum(converted * lost_below) as ordered_pairs,
            sum(converted * converted_at_least / leads_at_least) as summed_precision,
            sum(converted * share_in_first_decile) / sum(leads * share_in_first_decile) as first_decile_rate
        from compared
        group by {{ by | join(', ') }}
    )

    select
        {{ by | join(', ') }},
        (leads - converted - flagged + 2 * hits) / leads as accuracy,
        coalesce(hits / nullif(flagged, 0), 0) as "precision",
        hits / converted as recall,
        2 * hits / (flagged + converted) as f1,
        ordered_pairs / (converted * (leads - converted)) as roc_auc,
        summed_precision / converted as average_precision,
        squared_error / leads as brier,
        log_loss / leads as log_loss,
        first_decile_rate / (converted / leads) as first_decile_lift
    from summed
{% endmacro %}
