{# The models that are published, by their schema: those of the areas, of monitoring, and of fitted parameters. #}
{% macro published_tables() %}
    {{ return(graph.get('nodes', {}).values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.enabled')
        | selectattr('schema', 'in', (source_areas().keys() | list) + ['monitoring', 'models'])
        | sort(attribute='unique_id') | list) }}
{% endmacro %}


{# What their YAML declares of them, as a literal of JSON for functions of the plugin. #}
{% macro declared_tables() %}
    {%- set tables = [] -%}
    {%- for node in published_tables() -%}
        {%- set columns = [] -%}
        {%- for column in node.columns.values() -%}
            {%- do columns.append({
                'name': column.name, 'data_type': column.data_type, 'description': column.description, 'meta': column.config.meta
            }) -%}
        {%- endfor -%}
        {%- do tables.append({
            'schema': node.schema, 'name': node.alias, 'description': node.description, 'tags': node.tags, 'columns': columns
        }) -%}
    {%- endfor -%}
    {{ return(literal(tojson(tables))) }}
{% endmacro %}


{# For each data set, the raw column that a column of its models shows under another name: {data set: {column: raw column}}. #}
{% macro raw_columns() %}
    {%- set found = {} -%}
    {%- if not (execute and graph.nodes) -%}{{ return(found) }}{%- endif -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.path.startswith('datasets') -%}
        {%- for column in node.columns.values() if column.config.meta.get('raw_column') -%}
            {%- do found.setdefault(node.path.split('/')[1], {}).update({column.name: column.config.meta.raw_column}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{# At the start of a run: stop where the report is asked for and cannot be drawn. #}
{% macro check_report() %}
    {%- if execute and var('publish_report') -%}{%- do answer_of('require_report()') -%}{%- endif -%}
{% endmacro %}


{# At the start of a run: stop where a published column may hold keys of people and does not say whether. #}
{% macro check_people_are_declared() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set problems = answer_of('undeclared_people(' ~ declared_tables() ~ ')') -%}
    {%- if problems -%}{%- do stop(problems | join('\n')) -%}{%- endif -%}
{% endmacro %}
