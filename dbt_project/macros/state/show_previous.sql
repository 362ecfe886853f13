{#
    At the start of a run: let every table of the previous generation that a model reads be there with
    all columns that it needs: those of the contract of the model that publishes the table, and those that
    the source's own YAML gives a data_type (of a model that may be switched off nothing else is known).
#}
{% macro show_previous() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set contracts, tables = {}, [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.contract.enforced -%}
        {%- do contracts.update({node.schema ~ '.' ~ node.alias: node.columns}) -%}
    {%- endfor -%}
    {%- for table in graph.sources.values() if table.database == 'previous' -%}
        {%- set columns = {} -%}
        {%- for declared in (contracts.get(table.schema ~ '.' ~ table.identifier, {}), table.columns) -%}
            {%- for column in declared.values() -%}{%- do columns.update({column.name: column.data_type}) -%}{%- endfor -%}
        {%- endfor -%}
        {%- do tables.append({'schema': table.schema, 'name': table.identifier, 'columns': columns}) -%}
    {%- endfor -%}
    {%- do answer_of('show_previous(' ~ literal(tojson(tables)) ~ ')') -%}
{% endmacro %}
