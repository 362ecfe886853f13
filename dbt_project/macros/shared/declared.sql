{# The node of a model; dbt's graph is empty while it parses and in unit tests. #}
{% macro model_node(name) %}
    {{ return((graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', name) | list)[0]) }}
{% endmacro %}


{# What a data set's models declare under a key of config.meta; nothing where none does. #}
{% macro declared_of(dataset, key) %}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.fqn[1:3] == ['datasets', dataset] and key in node.config.meta -%}
        {{ return(node.config.meta[key]) }}
    {%- endfor -%}
    {{ return({}) }}
{% endmacro %}


{# Words of its own that a data set brings, as seeds named <dataset>_<word>. #}
{% macro words_of(dataset) %}
    {{ return(mapping_var('datasets').get(dataset, {}).get('words', [])) }}
{% endmacro %}


{# The model that an area reads of a data set, as the var datasets names it; otherwise the usual one. #}
{% macro model_read_by(area, dataset, otherwise) %}
    {{ return((mapping_var('datasets')[dataset].get('features') or {}).get(area, otherwise)) }}
{% endmacro %}
