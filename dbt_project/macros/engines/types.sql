{# A type of DuckDB's, as contracts state it, in the engine's own spelling. #}
{% macro engine_type(data_type) %}{{ return(adapter.dispatch('engine_type', 'customer_analytics')(data_type)) }}{% endmacro %}

{% macro duckdb__engine_type(data_type) %}{{ return(data_type) }}{% endmacro %}

{% macro spark__engine_type(data_type) %}
    {%- set name = data_type | lower | trim -%}
    {%- if name.endswith('[]') -%}
        {{ return('array<' ~ engine_type(name[:-2]) ~ '>') }}
    {%- elif name.startswith('struct(') -%}
        {%- set fields = [] -%}
        {%- for field in name[7:-1].split(', ') -%}
            {%- do fields.append(field.split(' ', 1)[0] ~ ':' ~ engine_type(field.split(' ', 1)[1])) -%}
        {%- endfor -%}
        {{ return('struct<' ~ fields | join(',') ~ '>') }}
    {%- endif -%}
    {{ return({'varchar': 'string', 'json': 'string', 'integer': 'int', 'timestamp': 'timestamp_ntz'}.get(name, name | replace(' ', ''))) }}
{% endmacro %}


{#
    Whether a query has the columns of its contract. Spark counts in int where DuckDB counts in bigint: whole numbers may be
    narrower than declared, and `select` widens them; anything else is said as dbt says it.
#}
{% macro spark__get_assert_columns_equivalent(sql) %}
    {%- set found, declared, narrower = [], [], ['tinyint', 'smallint', 'int', 'bigint'] -%}
    {%- for column in get_column_schema_from_query(sql) -%}
        {%- set asked = engine_type(model.columns[column.name].data_type) if column.name in model.columns else none -%}
        {%- set is_narrower = column.dtype in narrower and asked in narrower and narrower.index(column.dtype) <= narrower.index(asked) -%}
        {%- do found.append({'name': column.name, 'data_type': asked if is_narrower or column.dtype == 'void' else column.dtype}) -%}
    {%- endfor -%}
    {%- for column in model.columns.values() -%}
        {%- do declared.append({'name': column.name, 'data_type': engine_type(column.data_type)}) -%}
    {%- endfor -%}
    {%- if found | sort(attribute='name') != declared | sort(attribute='name') -%}
        {%- for column in found + declared -%}{%- do column.update(formatted=column.name ~ ' ' ~ column.data_type) -%}{%- endfor -%}
        {%- do exceptions.raise_contract_error(declared, found) -%}
    {%- endif -%}
{% endmacro %}


{% macro spark__get_select_subquery(sql) %}
    select {% for column in model.columns.values() -%}
        {{ adapter.quote(column.name) }}::{{ engine_type(column.data_type) }} as {{ adapter.quote(column.name) }}{{ ', ' if not loop.last }}
    {%- endfor %}
    from (
        {{ sql }}
    ) as model_subq
{%- endmacro %}
