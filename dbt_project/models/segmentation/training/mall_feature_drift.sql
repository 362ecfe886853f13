{%- set inputs = drift_inputs('mall') -%}
{{ feature_drift(inputs.today, inputs.figures, inputs.texts, 'mall') }}
