{# A bound of Wilson's 95 % interval of a share; sign is '-' or '+'. #}
{% macro wilson_bound(hits, trials, sign) -%}
    (({{ hits }} + 1.9208) {{ sign }} 1.96 * sqrt({{ hits }} * ({{ trials }} - {{ hits }}) / {{ trials }} + 0.9604)) / ({{ trials }} + 3.8416)
{%- endmacro %}
