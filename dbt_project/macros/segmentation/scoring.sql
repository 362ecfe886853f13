{#
    What engines spell differently in the scoring of customers. There is no default: an engine without
    its own spelling fails, and does not compute something else.
#}

{# A raw value as the fit clips, logs, centres and scales it. #}
{% macro scaled_value(value, feature) -%}
    {%- set clipped = 'least(greatest(' ~ value ~ ', ' ~ feature ~ '.lower_bound), ' ~ feature ~ '.upper_bound)' -%}
    (case when {{ feature }}.is_log then ln(1 + {{ clipped }}) else {{ clipped }} end - {{ feature }}.center) / {{ feature }}.scale
{%- endmacro %}


{# The scaled values of a customer as one vector, in the order of the model. #}
{% macro scaled_vector(value, position) %}{{ return(adapter.dispatch('scaled_vector', 'customer_analytics')(value, position)) }}{% endmacro %}

{% macro duckdb__scaled_vector(value, position) -%}
    list({{ value }} order by {{ position }})
{%- endmacro %}


{# The centroids of a list as structs of distance and segment_id, nearest first. #}
{% macro nearest_centroids(vector, centroids) %}{{ return(adapter.dispatch('nearest_centroids', 'customer_analytics')(vector, centroids)) }}{% endmacro %}

{% macro duckdb__nearest_centroids(vector, centroids) -%}
    list_sort(list_transform({{ centroids }}, lambda c: {
        'distance': {{ rounded('list_distance(' ~ vector ~ ', c.vector)') }},
        'segment_id': c.segment_id
    }))
{%- endmacro %}


{# The coordinate of a vector on a principal component. #}
{% macro projected(vector, component) %}{{ return(adapter.dispatch('projected', 'customer_analytics')(vector, component)) }}{% endmacro %}

{% macro duckdb__projected(vector, component) -%}
    {{ rounded('list_inner_product(' ~ vector ~ ', ' ~ component ~ '.loadings) - list_inner_product(' ~ component ~ '.mean, ' ~ component ~ '.loadings)') }}
{%- endmacro %}


{# The first entry of a list that another list does not hold; null where there is none. #}
{% macro first_not_in(entries, others) -%}
    list_filter({{ entries }}, lambda entry: not list_contains({{ others }}, entry))[1]
{%- endmacro %}
