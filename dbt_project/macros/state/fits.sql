{# The Python models that fit an area: those of its group. #}
{% macro fits_of(area) %}
    {%- set group = 'propensity' if area == 'leads' else area -%}
    {{ return(graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('language', 'equalto', 'python')
        | selectattr('config.group', 'equalto', group)
        | sort(attribute='name') | list) }}
{% endmacro %}


{# md5 of the parameters that the YAML states for a data set, vars included: those of the area's fits and its own. #}
{% macro spec_fingerprint(area, dataset) -%}
    {%- if execute -%}
        {{ local_md5(tojson([fits_of(area) | map(attribute='config.meta') | list, declared_of(dataset, area)], sort_keys=true)) }}
    {%- endif -%}
{%- endmacro %}
