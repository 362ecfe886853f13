{#-
    Expressions that DuckDB and Spark spell differently, and that models read as one word. There is no default: an engine
    without its own spelling fails, and does not compute something else. Where both understand one spelling, models use that
    (string and not varchar, try_cast, md5, group by all, qualify).
-#}

{# A struct of named expressions: {name: expression}. #}
{% macro struct_of(fields) %}{{ return(adapter.dispatch('struct_of', 'customer_analytics')(fields)) }}{% endmacro %}

{% macro duckdb__struct_of(fields) -%}
    { {%- for name, expression in fields.items() %}'{{ name }}': {{ expression }}{{ ', ' if not loop.last }}{% endfor -%} }
{%- endmacro %}

{% macro spark__struct_of(fields) -%}
    named_struct({% for name, expression in fields.items() %}'{{ name }}', {{ expression }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}


{# A list of expressions. #}
{% macro list_of(expressions) %}{{ return(adapter.dispatch('list_of', 'customer_analytics')(expressions)) }}{% endmacro %}

{% macro duckdb__list_of(expressions) -%}[{{ expressions | join(', ') }}]{%- endmacro %}

{% macro spark__list_of(expressions) -%}array({{ expressions | join(', ') }}){%- endmacro %}


{# In a select: a row for each struct of a list, with its fields as columns. #}
{% macro fields_of(structs) %}{{ return(adapter.dispatch('fields_of', 'customer_analytics')(structs)) }}{% endmacro %}

{% macro duckdb__fields_of(structs) -%}unnest({{ structs }}, max_depth := 2){%- endmacro %}

{% macro spark__fields_of(structs) -%}inline({{ structs }}){%- endmacro %}


{# In a select: a row for each element of a list. #}
{% macro elements_of(elements) %}{{ return(adapter.dispatch('elements_of', 'customer_analytics')(elements)) }}{% endmacro %}

{% macro duckdb__elements_of(elements) -%}unnest({{ elements }}){%- endmacro %}

{% macro spark__elements_of(elements) -%}explode({{ elements }}){%- endmacro %}


{# The element of a list at a position from 1; null beyond its end. #}
{% macro element(elements, position) %}{{ return(adapter.dispatch('element', 'customer_analytics')(elements, position)) }}{% endmacro %}

{% macro duckdb__element(elements, position) -%}{{ elements }}[{{ position }}]{%- endmacro %}

{% macro spark__element(elements, position) -%}try_element_at({{ elements }}, ({{ position }})::int){%- endmacro %}


{% macro length_of(elements) %}{{ return(adapter.dispatch('length_of', 'customer_analytics')(elements)) }}{% endmacro %}

{% macro duckdb__length_of(elements) -%}len({{ elements }}){%- endmacro %}

{% macro spark__length_of(elements) -%}array_size({{ elements }}){%- endmacro %}


{# The values of a group as a list in the order of another expression, which is not null; nulls are kept. #}
{% macro ordered_list(expression, order_by, condition='true') %}{{ return(adapter.dispatch('ordered_list', 'customer_analytics')(expression, order_by, condition)) }}{% endmacro %}

{% macro duckdb__ordered_list(expression, order_by, condition) -%}
    coalesce(list({{ expression }} order by {{ order_by }}) {%- if condition != 'true' %} filter (where {{ condition }}){% endif %}, [])
{%- endmacro %}

{% macro spark__ordered_list(expression, order_by, condition) -%}
    transform(array_sort(collect_list(named_struct('place', {{ order_by }}, 'value', {{ expression }})) {%- if condition != 'true' %} filter (where {{ condition }}){% endif %}), entry -> entry.value)
{%- endmacro %}


{# Days from one date to another. #}
{% macro days_between(first, last) %}{{ return(adapter.dispatch('days_between', 'customer_analytics')(first, last)) }}{% endmacro %}

{% macro duckdb__days_between(first, last) -%}({{ last }} - {{ first }}){%- endmacro %}

{% macro spark__days_between(first, last) -%}datediff({{ last }}, {{ first }}){%- endmacro %}


{# The quartiles of a group's values, interpolated, as a list of three. #}
{% macro quartiles(expression) %}{{ return(adapter.dispatch('quartiles', 'customer_analytics')(expression)) }}{% endmacro %}

{% macro duckdb__quartiles(expression) -%}quantile_cont({{ expression }}, [0.25, 0.5, 0.75]){%- endmacro %}

{% macro spark__quartiles(expression) -%}percentile({{ expression }}, array(0.25, 0.5, 0.75)){%- endmacro %}


{# A double as text, as DuckDB writes it: without a power of ten from 0.0001 to 10 to the 15th. #}
{% macro double_as_text(expression) %}{{ return(adapter.dispatch('double_as_text', 'customer_analytics')(expression)) }}{% endmacro %}

{% macro duckdb__double_as_text(expression) -%}({{ expression }})::varchar{%- endmacro %}

{% macro spark__double_as_text(expression) -%}
    case
        when abs({{ expression }}) between 1e-3 and 9999999 or {{ expression }} = 0 then ({{ expression }})::string
        when abs({{ expression }}) between 1e-4 and 1e15
            then regexp_replace(({{ expression }})::decimal(38, 20)::string, '([.][0-9]+?)0*$', '$1')
        else regexp_replace(regexp_replace(lower(({{ expression }})::string), '[.]0e', 'e'), 'e(-?)([0-9])$', 'e$10$2')
    end
{%- endmacro %}


{# The least value, the deciles and the largest value of a group, each a value that is there, as a list of eleven. #}
{% macro deciles(expression) %}{{ return(adapter.dispatch('deciles', 'customer_analytics')(expression)) }}{% endmacro %}

{% macro duckdb__deciles(expression) -%}
    quantile_disc({{ expression }}, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
{%- endmacro %}

{% macro spark__deciles(expression) -%}
    percentile_disc(array(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)) within group (order by {{ expression }})
{%- endmacro %}


{# A number for each row, whichever. #}
{% macro any_number() %}{{ return(adapter.dispatch('any_number', 'customer_analytics')()) }}{% endmacro %}

{% macro duckdb__any_number() -%}row_number() over (){%- endmacro %}

{% macro spark__any_number() -%}monotonically_increasing_id(){%- endmacro %}


{#
    Whether a vector and a tree are of one model. For DuckDB a difference and not an equality: a hash join would copy the lists
    of a tree to each of its rows. Spark would pair all rows for a difference.
#}
{% macro is_of_model(number, other_number) %}{{ return(adapter.dispatch('is_of_model', 'customer_analytics')(number, other_number)) }}{% endmacro %}

{% macro duckdb__is_of_model(number, other_number) -%}{{ number }} - {{ other_number }} = 0{%- endmacro %}

{% macro spark__is_of_model(number, other_number) -%}{{ number }} = {{ other_number }}{%- endmacro %}


{# A figure rounded to a whole number as people read it: 12,345. #}
{% macro whole_number_as_text(expression) %}{{ return(adapter.dispatch('whole_number_as_text', 'customer_analytics')(expression)) }}{% endmacro %}

{% macro duckdb__whole_number_as_text(expression) -%}format('{:,}', round({{ expression }})::hugeint){%- endmacro %}

{% macro spark__whole_number_as_text(expression) -%}format_number(round({{ expression }}), 0){%- endmacro %}


{# A figure with so many decimals, of which the last zeros are left out. #}
{% macro number_as_text(expression, decimals) %}{{ return(adapter.dispatch('number_as_text', 'customer_analytics')(expression, decimals)) }}{% endmacro %}

{% macro duckdb__number_as_text(expression, decimals) -%}format('{:.12g}', round({{ expression }}, {{ decimals }})){%- endmacro %}

{% macro spark__number_as_text(expression, decimals) -%}
    regexp_replace(
        replace(format_number(round(({{ expression }}) * power(10, {{ decimals }})) / power(10, {{ decimals }}), 12), ',', ''), '[.]?0+$', ''
    )
{%- endmacro %}


{# The days on which months begin, from a first of a month to a day, as a list of dates. #}
{% macro months_between(first, last) %}{{ return(adapter.dispatch('months_between', 'customer_analytics')(first, last)) }}{% endmacro %}

{% macro duckdb__months_between(first, last) -%}generate_series({{ first }}, {{ last }}, interval 1 month)::date[]{%- endmacro %}

{% macro spark__months_between(first, last) -%}sequence(({{ first }})::date, ({{ last }})::date, interval 1 month){%- endmacro %}


{# Months from the first of one to the first of another. #}
{% macro months_from(first, last) %}{{ return(adapter.dispatch('months_from', 'customer_analytics')(first, last)) }}{% endmacro %}

{% macro duckdb__months_from(first, last) -%}date_diff('month', {{ first }}, {{ last }}){%- endmacro %}

{% macro spark__months_from(first, last) -%}datediff(month, {{ first }}, {{ last }}){%- endmacro %}


{# The values of a group as a list in whatever order, the same one for all lists of the group; nulls are kept. #}
{% macro list_of_group(expression) %}{{ return(adapter.dispatch('list_of_group', 'customer_analytics')(expression)) }}{% endmacro %}

{% macro duckdb__list_of_group(expression) -%}list({{ expression }}){%- endmacro %}

{% macro spark__list_of_group(expression) -%}transform(collect_list(struct({{ expression }} as value)), entry -> entry.value){%- endmacro %}


{# In a select: a row for each place of two lists of one length, with what both have there as columns. #}
{% macro paired_elements(elements, name, others, other_name) %}{{ return(adapter.dispatch('paired_elements', 'customer_analytics')(elements, name, others, other_name)) }}{% endmacro %}

{% macro duckdb__paired_elements(elements, name, others, other_name) -%}
    unnest({{ elements }}) as {{ name }},
        unnest({{ others }}) as {{ other_name }}
{%- endmacro %}

{% macro spark__paired_elements(elements, name, others, other_name) -%}
    inline(zip_with({{ elements }}, {{ others }}, (x, y) -> named_struct('{{ name }}', x, '{{ other_name }}', y)))
{%- endmacro %}


{# In a select: a row for each element of a list, with its place from 1. #}
{% macro numbered_elements(elements, place, name) %}{{ return(adapter.dispatch('numbered_elements', 'customer_analytics')(elements, place, name)) }}{% endmacro %}

{% macro duckdb__numbered_elements(elements, place, name) -%}
    generate_subscripts({{ elements }}, 1) as {{ place }},
        unnest({{ elements }}) as {{ name }}
{%- endmacro %}

{% macro spark__numbered_elements(elements, place, name) -%}
    inline(transform({{ elements }}, (x, i) -> named_struct('{{ place }}', i + 1, '{{ name }}', x)))
{%- endmacro %}


{# The whole numbers from one to another, as a list. #}
{% macro whole_numbers(first, last) %}{{ return(adapter.dispatch('whole_numbers', 'customer_analytics')(first, last)) }}{% endmacro %}

{% macro duckdb__whole_numbers(first, last) -%}range({{ first }}, {{ last }} + 1){%- endmacro %}

{% macro spark__whole_numbers(first, last) -%}sequence({{ first }}, {{ last }}){%- endmacro %}


{# The text of a key of a JSON object. #}
{% macro json_text(json, key) %}{{ return(adapter.dispatch('json_text', 'customer_analytics')(json, key)) }}{% endmacro %}

{% macro duckdb__json_text(json, key) -%}({{ json }} ->> '{{ key }}'){%- endmacro %}

{% macro spark__json_text(json, key) -%}get_json_object({{ json }}, '$.{{ key }}'){%- endmacro %}


{# Of a list of {fold, starts_on} in order, the last fold that has started at a moment; null before the first. #}
{% macro fold_of_day(moment, cut_offs) %}{{ return(adapter.dispatch('fold_of_day', 'customer_analytics')(moment, cut_offs)) }}{% endmacro %}

{% macro duckdb__fold_of_day(moment, cut_offs) -%}
    list_filter({{ cut_offs }}, lambda cut_off: cut_off.starts_on <= {{ moment }})[-1].fold
{%- endmacro %}

{% macro spark__fold_of_day(moment, cut_offs) -%}
    try_element_at(filter({{ cut_offs }}, cut_off -> cut_off.starts_on <= {{ moment }}), -1).fold
{%- endmacro %}


{# How DuckDB is told to keep the rows of a CTE, and not to take what follows into it. #}
{% macro materialized() %}{{ return(adapter.dispatch('materialized', 'customer_analytics')()) }}{% endmacro %}

{% macro duckdb__materialized() %}{{ return('materialized') }}{% endmacro %}

{% macro spark__materialized() %}{{ return('') }}{% endmacro %}


{# How DuckDB is told to read a CTE twice in place of keeping its rows. #}
{% macro not_materialized() %}{{ return(adapter.dispatch('not_materialized', 'customer_analytics')()) }}{% endmacro %}

{% macro duckdb__not_materialized() %}{{ return('not materialized') }}{% endmacro %}

{% macro spark__not_materialized() %}{{ return('') }}{% endmacro %}


{# A moment, which is UTC, as the clocks of a zone show it. #}
{% macro moment_in_zone(moment, zone) %}{{ return(adapter.dispatch('moment_in_zone', 'customer_analytics')(moment, zone)) }}{% endmacro %}

{% macro duckdb__moment_in_zone(moment, zone) -%}timezone({{ literal(zone) }}, timezone('UTC', {{ moment }})){%- endmacro %}

{% macro spark__moment_in_zone(moment, zone) -%}convert_timezone('UTC', {{ literal(zone) }}, {{ moment }}){%- endmacro %}


{# The columns of a relation but one as one text, as DuckDB writes a row. #}
{% macro row_as_text(relation, but) %}{{ return(adapter.dispatch('row_as_text', 'customer_analytics')(relation, but)) }}{% endmacro %}

{% macro duckdb__row_as_text(relation, but) -%}row(*columns(* exclude ({{ but }})))::varchar{%- endmacro %}

{% macro spark__row_as_text(relation, but) -%}
    {%- set texts = [] -%}
    {%- for column in (adapter.get_columns_in_relation(relation) if execute else []) if column.name != but -%}
        {%- do texts.append("coalesce(" ~ adapter.quote(column.name) ~ "::string, 'NULL')") -%}
    {%- endfor -%}
    '(' || concat_ws(', ', {{ texts | join(', ') or "''" }}) || ')'
{%- endmacro %}


{# Whether recommenders are judged: where they are fitted, and not where they only serve. #}
{% macro recommenders_are_judged() %}{{ return(adapter.dispatch('recommenders_are_judged', 'customer_analytics')()) }}{% endmacro %}

{% macro duckdb__recommenders_are_judged() %}{{ return('true') }}{% endmacro %}

{% macro spark__recommenders_are_judged() %}{{ return('false') }}{% endmacro %}
