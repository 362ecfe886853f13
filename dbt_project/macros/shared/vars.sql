{#
    Vars that are iterated over. dbt parses the project before the check of vars can say what is wrong
    with them: until then they are empty where something else was given.
#}
{% macro list_var(name) %}
    {%- set value = var(name, []) -%}
    {{ return(value if value is sequence and value is not string and value is not mapping else []) }}
{% endmacro %}


{# The sources that are switched on, in the order of their declaration, and those that are read beside an area of theirs. #}
{% macro enabled_sources() %}
    {%- set datasets, found, areas = mapping_var('datasets'), [], [] -%}
    {%- for name in list_var('sources_enabled') if name in datasets -%}{%- do areas.extend(datasets[name].areas) -%}{%- endfor -%}
    {%- for name, dataset in datasets.items() if dataset.beside in areas or (name in list_var('sources_enabled') and not dataset.beside) -%}
        {%- do found.append(name) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro mapping_var(name) %}
    {{ return(var(name) if var(name) is mapping else {}) }}
{% endmacro %}


{# The severity that a var gives. #}
{% macro severity_var(name) %}
    {{ return('error' if var(name) == 'error' else 'warn') }}
{% endmacro %}


{# The number of products up to which rankings are judged. #}
{% macro ranking_depth() %}
    {{ return((list_var('recommender_ranking_depths') or [0]) | map('int') | max) }}
{% endmacro %}


{# The length of lists that are judged or served. #}
{% macro judged_depth() %}
    {{ return([ranking_depth(), var('recommendations_per_user') | int(0)] | max) }}
{% endmacro %}


{# The length of the lists of blends and their parts. #}
{% macro list_depth() %}
    {{ return([judged_depth(), var('recommender_list_depth') | int(0)] | max) }}
{% endmacro %}
