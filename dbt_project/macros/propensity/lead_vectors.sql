{# Every lead of a relation as the encoded vector of one family: lead_id, vector, linear_score. #}
{% macro lead_vectors(leads, model_family=none) -%}
    {{ return(adapter.dispatch('lead_vectors', 'customer_analytics')(leads, model_family)) }}
{%- endmacro %}

{% macro duckdb__lead_vectors(leads, model_family) %}
    with encodings as (
        select
            model.is_single_precision,
            list({
                'number_index': list_position({{ lead_numbers() }}, encodings.feature),
                'category_index': list_position({{ lead_categories() }}, encodings.feature),
                'category': encodings.category,
                'impute_value': encodings.impute_value,
                'mean': encodings.mean,
                'scale': encodings.scale
            } order by encodings.position) as elements,
            list(coalesce(encodings.coefficient, 0) order by encodings.position) as coefficients,
            count(encodings.coefficient) > 0 as is_linear
        from {{ ref('lead_encodings') }} as encodings
        inner join {{ selected_lead_model(model_family) }} as model using (model_family)
        group by model.is_single_precision
    ),

    listed as (
        select
            lead_id,
            [{% for number in lead_numbers() %}{{ number }}::double{{ ', ' if not loop.last }}{% endfor %}] as numbers,
            [{{ lead_categories() | join(', ') }}] as categories
        from {{ leads }}
    ),

    encoded as (
        select
            listed.lead_id,
            encodings.*,
            list_transform(encodings.elements, lambda element: (case
                when element.category is null then coalesce(listed.numbers[element.number_index], element.impute_value)
                else coalesce(listed.categories[element.category_index] = element.category, false)::double
            end - element.mean) / element.scale) as vector
        from listed
        cross join encodings
    )

    select
        lead_id,
        case when is_single_precision then vector::float[]::double[] else vector end as vector,
        case when is_linear then list_dot_product(vector, coefficients) else 0 end as linear_score
    from encoded
{% endmacro %}
