{# The Python models that fit an area: those of its group. #}
{% macro fits_of(area) %}
    {{ return(graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('language', 'equalto', 'python')
        | selectattr('config.group', 'equalto', area)
        | sort(attribute='name') | list) }}
{% endmacro %}


{# The model of an area that holds what its fits became; dbt must know it when it parses. #}
{% macro fit_of(area) %}
    {{ return({
        'segmentation': 'fit_segments',
        'propensity': 'fit_propensity_families',
        'recommendations': 'fit_recommenders',
        'sales': 'fit_customer_values'
    }[area]) }}
{% endmacro %}


{# md5 of the parameters that the YAML states for a data set, vars included: those of the area's fits and its own. #}
{% macro spec_fingerprint(area, dataset) -%}
    {%- if execute -%}
        {{ local_md5(tojson([fits_of(area) | map(attribute='config.meta') | list, fit_parameters(area, dataset)], sort_keys=true)) }}
    {%- endif -%}
{%- endmacro %}


{# What a data set declares that its fit depends on. #}
{% macro fit_parameters(area, dataset) %}
    {{ return(propensity_fit_parameters(dataset) if area == 'propensity' else declared_of(dataset, area)) }}
{% endmacro %}


{# Whether a night considered a fit: it was not only applied, and a new one could be made to hold against it. #}
{% macro is_considered() -%}
    outcome in ('first', 'replaced') or (outcome = 'kept' and fit_problem is null)
{%- endmacro %}
