{{- define "multus.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "multus.cniConfMount" -}}
{{- if .Values.node.cniConfMount -}}
{{ .Values.node.cniConfMount }}
{{- else -}}
{{ .Values.node.cniConfDir }}
{{- end -}}
{{- end -}}
