{#
    Statements that stop the build where a relation breaks the constraints of its YAML that DuckDB does not hold: keys, and
    whatever is declared of a view, of a seed or of a table without a contract. DuckDB would hold a key by an index, which
    costs five times the time of this query, 2.6 times the file, and memory that does not spill. Keys are counted by their
    hash, which takes less time and memory than the keys, and only what looks wrong is counted by itself.
#}
{% macro hold_constraints(relation) -%}
    {%- set table = relation.schema ~ '.' ~ relation.identifier -%}
    {%- set declared = constraints_to_hold() -%}
    {%- for key in declared.unique_columns %}
    {%- set columns = quoted(key.columns) -%}
    {%- set needs_values = key.type == 'primary key' %}
    select error(format(
        {{ literal(table ~ ': the ' ~ key.type ~ ' (' ~ key.columns | join(', ') ~ ') is ({}) in {} rows; each must have its own'
            ~ (', and no null in it.' if needs_values else '.')) }},
        key_values, n_rows
    ))
    from (
        select
            concat_ws(', ' {%- for column in columns %}, coalesce({{ column }}::varchar, 'null'){% endfor %}) as key_values,
            count(*) as n_rows
        from {{ relation }}
        semi join (
            select hash({{ columns | join(', ') }}) as key_hash
            from {{ relation }}
            group by all
            having count(*) > 1 {%- if needs_values %} or bool_or({{ columns | join(' is null or ') }} is null){% endif %}
        ) as doubtful on hash({{ columns | join(', ') }}) = doubtful.key_hash
        group by {{ columns | join(', ') }}
        having count(*) > 1 {%- if needs_values %} or {{ columns | join(' is null or ') }} is null{% endif %}
        order by n_rows desc, key_values
        limit 1
    );
    {%- endfor %}
    {%- for condition in declared.conditions %}
    select error(format(
        {{ literal(table ~ ': {} of {} rows break its constraint: {}.') }}, count(*) filter (where not ({{ condition }})), count(*), {{ literal(condition) }}
    ))
    from {{ relation }}
    having count(*) filter (where not ({{ condition }})) > 0;
    {%- endfor %}
{%- endmacro %}


{#
    The keys of the model at hand (type, columns), and the conditions on its rows that DuckDB does not hold. As anywhere, what
    is null breaks no condition, and a primary key is unique and not null; of a unique key, nulls are one value. The columns
    of a seed that are declared primary_key are its key together: a seed cannot declare one of several columns otherwise.
#}
{% macro constraints_to_hold() %}
    {%- set primary_key, keys, conditions = [], [], [] -%}
    {%- set held_by_duckdb = ['not_null', 'check'] if model.config.contract.enforced and model.config.materialized == 'table' else [] -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints if constraint.type not in held_by_duckdb -%}
            {%- if constraint.type == 'primary_key' -%}
                {%- do primary_key.append(column.name) -%}
            {%- elif constraint.type == 'unique' -%}
                {%- do keys.append({'type': 'unique key', 'columns': [column.name]}) -%}
            {%- else -%}
                {%- do conditions.append(constraint.expression or adapter.quote(column.name) ~ ' is not null') -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if primary_key -%}{%- do keys.append({'type': 'primary key', 'columns': primary_key}) -%}{%- endif -%}
    {%- for constraint in model.get('constraints', []) if constraint.type not in held_by_duckdb -%}
        {%- if constraint.type in key_types() -%}
            {%- do keys.append({'type': 'primary key' if constraint.type == 'primary_key' else 'unique key', 'columns': constraint.columns}) -%}
        {%- else -%}
            {%- do conditions.append(constraint.expression) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'unique_columns': keys, 'conditions': conditions}) }}
{% endmacro %}


{% macro key_types() %}
    {{ return(['primary_key', 'unique']) }}
{% endmacro %}


{% macro quoted(columns) %}
    {%- set names = [] -%}
    {%- for column in columns -%}{%- do names.append(adapter.quote(column)) -%}{%- endfor -%}
    {{ return(names) }}
{% endmacro %}


{# The columns of a table with a contract as dbt writes them, without keys: see above. DuckDB does hold that a primary key is not null. #}
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- set primary_key = model.constraints | selectattr('type', 'equalto', 'primary_key') | map(attribute='columns') | sum(start=[]) -%}
    {%- set columns = {} -%}
    {%- for name, column in model.columns.items() -%}
        {%- set types = column.constraints | map(attribute='type') | list -%}
        {%- set others = column.constraints | rejectattr('type', 'in', key_types()) | list -%}
        {%- set is_missing = 'not_null' not in types and ('primary_key' in types or name in primary_key) -%}
        {%- do columns.update({name: dict(column, constraints=others + ([{'type': 'not_null'}] if is_missing else []))}) -%}
    {%- endfor -%}
    {%- set constraints = model.constraints | rejectattr('type', 'in', key_types()) | list -%}
    ({{ (adapter.render_raw_columns_constraints(raw_columns=columns) + adapter.render_raw_model_constraints(raw_constraints=constraints)) | join(', ') }})
{%- endmacro %}


{#
    Whether a query has the columns of its contract. Where names and types are spelt as DuckDB spells them, one look tells;
    whatever differs is left to dbt, which asks for the types of the contract too and says what is wrong.
#}
{% macro duckdb__get_assert_columns_equivalent(sql) %}
    {%- set found, declared = {}, {} -%}
    {%- for column in get_column_schema_from_query(sql, config.get('sql_header')) -%}
        {%- do found.update({column.name: column.dtype | lower | replace(' ', '')}) -%}
    {%- endfor -%}
    {%- for column in model.columns.values() -%}
        {%- do declared.update({column.name: column.data_type | lower | replace(' ', '')}) -%}
    {%- endfor -%}
    {%- if found != declared -%}{{ return(assert_columns_equivalent(sql)) }}{%- endif -%}
{% endmacro %}
