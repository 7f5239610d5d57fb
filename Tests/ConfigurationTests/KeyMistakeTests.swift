import Testing

@testable import Configuration

/// Header fields with keys that no backend accepts.
@Suite struct KeyMistakeTests {
  @Test(arguments: [
    .integration("header.Authorization =", "?no value|Bearer ${NAME}"),
    .integration("header.Authorization = \"\"", "?no value"),
    .integration("header.Authorization = Bearer", "?no key after 'Bearer'"),
    .integration("header.Authorization = \"Bearer \"", "?no key after 'Bearer'"),
    .integration("header.Authorization = bearer", "?no key after"),
    .integration("header.Authorization = sk-0123456789abcdef", "?Bearer ${NAME}"),
    .integration("header.Authorization = 0123456789abcdef", "?write Bearer before it"),
    .integration("header.Authorization = ${KEY}", "?write Bearer before it"),
    .integration(
      "header.Authorization = Bearer Bearer 0123456789abcdef", "?'Bearer' is there twice"),
    .integration("header.Authorization = Bearer ${SCHEME_AND_KEY}", "?'Bearer' is there twice"),
    .integration("header.Authorization = Bearer ${EMPTY}", "?no key after 'Bearer'"),
    .integration("header.Authorization = ${EMPTY}", "?no value"),
    .integration("header.Authorization = Bearer: 0123456789abcdef", "?colon"),
    .integration("header.Authorization = Token: 0123456789abcdef", "?colon"),
    .integration(
      "header.Authorization = Authorization: Bearer 0123456789abcdef", "?repeats the field's name"),
    .integration("header.Authorization = Bearrer 0123456789abcdef", "?misspelt"),
    .integration("header.Authorization = Baerer 0123456789abcdef", "?misspelt"),
    .integration(
      "header.Authorization = Bearer \"0123456789abcdef\"", "?quotes are part of the key"),
    .integration("header.Authorization = Bearer ${QUOTED}", "?quotes are part of the key"),
    .integration("header.Authorization = Bearer 01234567 89abcdef", "?blank"),
    .integration("header.Authorization = Bearer ${BLANK}", "?blank"),
    .integration("header.Authorization = Bearer 0123456789abcdé", "?another character"),
    .integration("header.x-api-key =", "?no value|write ${NAME}"),
    .integration("header.x-api-key = Bearer ${KEY}", "?the key alone"),
    .integration("header.api-key = Bearer 0123456789abcdef", "?the key alone"),
    .integration("header.api-key = api-key: 0123456789abcdef", "?repeats the field's name"),
    .integration("header.X-Auth-Token =", "?no value"),
    // Placeholders.
    .integration("header.Authorization = Bearer sk-...", "?placeholder|${NAME}"),
    .integration("header.Authorization = Bearer sk-…", "?placeholder"),
    .integration("header.Authorization = Bearer YOUR_API_KEY", "?placeholder"),
    .integration("header.Authorization = Bearer your-key-here", "?placeholder"),
    .integration("header.Authorization = Bearer <your-key>", "?placeholder"),
    .integration("header.Authorization = Bearer <KEY>", "?placeholder"),
    .integration("header.Authorization = Bearer sk-xxxxxxxxxxxxxxxx", "?placeholder"),
    .integration("header.Authorization = Bearer API_KEY", "?placeholder"),
    .integration("header.Authorization = Bearer changeme", "?placeholder"),
    .integration("header.Authorization = Bearer REPLACE_ME", "?placeholder"),
    .integration("header.x-api-key = your-api-key", "?placeholder"),
    .integration("header.api-key = insert-key-here", "?placeholder"),
    Advice("[key a]\nsecret = changeme", "2?placeholder"),
    Advice("[key a]\nsecret = your-secret-key", "2?placeholder"),
    Advice("[key a]\nsecret = <generate-one>", "2?placeholder"),
    Advice("[key a]\nsecret = password", "2?placeholder"),
  ])
  func advises(advice: Advice) {
    advice.check(variables: [
      "KEY": "0123456789abcdef", "SCHEME_AND_KEY": "Bearer 0123456789abcdef", "EMPTY": "",
      "QUOTED": "\"0123456789abcdef\"", "BLANK": "0123 4567",
    ])
  }

  @Test(
    arguments: [
      "header.Authorization = Bearer ${KEY}", "header.Authorization = Basic dXNlcjpwYXNz",
      "header.Authorization = Token 0123456789abcdef", "header.Authorization = Bearer none",
      "header.Authorization = Bearer ollama", "header.Authorization = Bearer EMPTY",
      "header.Authorization = bearer 0123456789abcdef", "header.X =", "header.User-Agent =",
      "header.x-api-key = ${KEY}", "header.Authorization = Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
    ])
  func isSilent(line: String) {
    let text = """
      [integration a]
      type = openai
      model = m
      webhook_url = http://127.0.0.1:9/v1/chat/completions
      \(line)
      """
    #expect(load(text, ["KEY": "sk-0123456789abcdef"]).lines == [])
  }

  /// A warning says nothing of a key, wherever it came from.
  @Test func quotesNoKey() {
    for value in [
      "s3cr3tkey", "Bearer: s3cr3tkey", "Bearer s3cr3tkey ; x", "'Bearer s3cr3tkey'",
      "Bearer s3cr3t key",
    ] {
      let lines = load(
        """
        [integration a]
        type = openai
        model = m
        webhook_url = https://a.example/v1/chat/completions
        header.Authorization = \(value)
        """
      ).lines
      #expect(lines.count == 1, "\(value)")
      #expect(!lines.contains { $0.contains("s3cr3t") })
    }
  }
}
