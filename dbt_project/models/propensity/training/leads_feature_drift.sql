{%- set inputs = drift_inputs('leads') -%}
{{ feature_drift(inputs.today, inputs.figures, inputs.texts, 'leads') }}
