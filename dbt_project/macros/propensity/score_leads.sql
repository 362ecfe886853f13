{# Every lead of a relation scored by one family, or by the champion: lead_id, model_family, model_run_id,
   base_value, raw_score, conversion_probability. The relation has lead_id and the features of lead_features;
   nulls and unknown categories are treated as the fitted pipeline would. #}
{% macro score_leads(leads, model_family=none) %}
    with lead_vectors as (
        {{ lead_vectors(leads, model_family) }}
    ),

    trees as (
        select trees.*
        from {{ ref('lead_trees') }} as trees
        inner join {{ selected_lead_model(model_family) }} as model using (model_family)
    ),

    reached as (
        select
            lead_vectors.lead_id,
            trees.weight * trees.value[{{ tree_leaf('lead_vectors.vector') }}] as tree_score
        from lead_vectors
        cross join trees
    ),

    tree_scores as (
        select
            lead_id,
            {{ exact_sum('tree_score') }} as tree_score
        from reached
        group by lead_id
    ),

    raw as (
        select
            lead_vectors.lead_id,
            model.*,
            {{ rounded('model.intercept + coalesce(tree_scores.tree_score, 0) + lead_vectors.linear_score') }} as raw_score
        from lead_vectors
        cross join {{ selected_lead_model(model_family) }} as model
        left join tree_scores using (lead_id)
    ),

    placed as (
        select
            raw.lead_id,
            raw.model_family,
            raw.model_run_id,
            raw.base_value,
            raw.raw_score,
            raw.training_leads,
            calibrators.slope,
            calibrators.intercept,
            calibrators.raw_scores,
            calibrators.probabilities,
            len(list_filter(calibrators.raw_scores, lambda point: point <= raw.raw_score)) as points_below
        from raw
        inner join {{ ref('lead_calibrators') }} as calibrators using (model_family)
    )

    select
        lead_id,
        model_family,
        model_run_id,
        base_value,
        raw_score,
        {{ rounded(clipped_probability(calibrated('raw_score'), 'training_leads')) }} as conversion_probability
    from placed
{% endmacro %}


{# The row of lead_models that scores: a family by name, or the champion. #}
{% macro selected_lead_model(model_family) -%}
    (
        select * from {{ ref('lead_models') }}
        where {% if model_family %}model_family = {{ literal(model_family) }}{% else %}is_champion{% endif %}
    )
{%- endmacro %}


{# No finite number of leads proves a certainty: [1/(2n), 1 - 1/(2n)]. #}
{% macro clipped_probability(probability, leads) -%}
    greatest(1 / (2 * {{ leads }}), least(1 - 1 / (2 * {{ leads }}), {{ probability }}))
{%- endmacro %}
