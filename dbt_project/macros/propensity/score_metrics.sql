{# One row per group of a CTE with raw_score, probability, threshold, is_converted and weight (whole numbers):
   the nine figures of lead_model_metrics. Tied scores count half in the ROC AUC, share one precision in the
   average precision (both as in scikit-learn), and enter the first decile by their mean. #}
{% macro score_metrics(scores, by) %}
    with totals as (
        select
            {{ by | join(', ') }},
            sum(weight) as all_leads,
            sum(weight * is_converted::int) as all_converted,
            sum(weight * (probability >= threshold)::int) as flagged,
            sum(weight * (probability >= threshold and is_converted)::int) as hits,
            sum(weight * (probability - is_converted::int) ** 2) as squared_error,
            -sum(weight * ln(case when is_converted then probability else 1 - probability end)) as log_loss
        from {{ scores }}
        group by {{ by | join(', ') }}
    ),

    tied as (
        select
            {{ by | join(', ') }},
            raw_score,
            sum(weight) as leads,
            sum(weight * is_converted::int) as converted
        from {{ scores }}
        where weight > 0
        group by {{ by | join(', ') }}, raw_score
    ),

    cumulated as (
        select
            {{ by | join(', ') }},
            leads,
            converted,
            sum(leads) over best_first as leads_at_least,
            sum(converted) over best_first as converted_at_least
        from tied
        window best_first as (partition by {{ by | join(', ') }} order by raw_score desc rows unbounded preceding)
    ),

    placed as (
        select
            *,
            leads_at_least - converted_at_least - (leads - converted) / 2 as lost_above,
            greatest(0, least(leads, ceil(all_leads / 10) - leads_at_least + leads)) as leads_in_first_decile
        from cumulated
        inner join totals using ({{ by | join(', ') }})
    ),

    ranked as (
        select
            {{ by | join(', ') }},
            sum(converted * lost_above) as misordered_pairs,
            sum(converted * converted_at_least / leads_at_least) as summed_precision,
            sum(converted / leads * leads_in_first_decile) / sum(leads_in_first_decile) as first_decile_rate
        from placed
        group by {{ by | join(', ') }}
    )

    select
        {{ by | join(', ') }},
        (all_leads - all_converted - flagged + 2 * hits) / all_leads as accuracy,
        coalesce(hits / nullif(flagged, 0), 0) as "precision",
        hits / nullif(all_converted, 0) as recall,
        2 * hits / nullif(flagged + all_converted, 0) as f1,
        1 - misordered_pairs / nullif(all_converted * (all_leads - all_converted), 0) as roc_auc,
        summed_precision / nullif(all_converted, 0) as average_precision,
        squared_error / all_leads as brier,
        log_loss / all_leads as log_loss,
        first_decile_rate / nullif(all_converted / all_leads, 0) as first_decile_lift
    from totals
    inner join ranked using ({{ by | join(', ') }})
{% endmacro %}
