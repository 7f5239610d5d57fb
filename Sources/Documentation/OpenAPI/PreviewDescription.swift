extension EndpointDescription {
  static var previewConfiguration: EndpointDescription {
    let members = ["bots": "BotPatch", "integrations": "IntegrationPatch"]
      .sorted { $0.key < $1.key }
      .map { name, schema in
        """
        "\(name)":{"type":"object","propertyNames":{\(ResourceSchema.name)},
        "additionalProperties":{"anyOf":[\(component(schema)),{"type":"null"}]}}
        """
      }
    var description = EndpointDescription(
      "previewConfiguration", "Integrations", "The lines of the file that a change would touch.",
      [
        Answer(
          means: "A unified diff without context, secrets masked. Nothing is written.",
          content: [
            (
              json,
              data(
                #"{"type":"object","required":["diff"],"properties":{"diff":{"type":"string"}}}"#)
            )
          ])
      ], errors: [404, 409])
    description.details =
      """
      A JSON merge patch (RFC 7396) of bots and integrations by their ids: each object is as PATCH takes it, `null` \
      deletes, and what is missing is added.
      """
    description.body = (
      """
      {"type":"object","additionalProperties":false,"minProperties":1,"properties":{\(members.joined(separator: ","))}}
      """, json
    )
    return description
  }
}
