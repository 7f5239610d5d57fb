import Testing

@testable import Configuration

/// Comments after values, quotes of the wrong kind, and variables in the syntax of other programs.
@Suite struct WrittenMistakeTests {
  @Test(arguments: [
    // Comments.
    .integration("model = gpt-4o ; best", "?model: the comment|line of its own"),
    .integration("model = gpt-4o # best", "?model: the comment|line of its own"),
    .integration("model = gpt-4o #best", "?the comment"),
    .integration("model = gpt-4o\t;best", "!the comment"),
    .integration("model = \"gpt-4o\" ; best", "?the comment"),
    .integration("name = GPT ; the large one", "?name: the comment"),
    .integration("name = GPT  # the large one", "?the comment"),
    .integration(
      "header.Authorization = Bearer abcdef123456 # mine", "?header.Authorization: the comment"),
    .integration("header.X-Team = red ; blue", "?header.X-Team: the comment"),
    .integration("timeout = 30s ; half a minute", "!timeout|the comment|line of its own"),
    .integration("timeout = 30s # half a minute", "!timeout|the comment"),
    .integration("weight = 3 # more", "!weight|the comment"),
    .integration("fallback = yes ; backup", "!fallback|the comment"),
    .integration("breaker = 5/30s ; often", "!breaker|the comment"),
    .integration("param.temperature = 0.2 ; cool", "!param.temperature|the comment"),
    .integration("max_response = 1M # large", "!max_response|the comment"),
    .integration("probe_url = http://127.0.0.1:1/health # there", "!probe_url|the comment"),
    Advice("[server]\nlisten = 127.0.0.1:8080 ; here", "2!listen|the comment"),
    Advice("[context]\nfile = /var/lib/ring ; here", "2?file: the comment"),
    Advice("[log]\nlevel = info ; enough", "2!level|the comment"),
    Advice(
      "[bot a]\nsystem = You are terse.          ; or system_file",
      "2?system: the comment|double quotes"),
    Advice("[bot a]\nsystem = You are terse. ; be kind", "2?system: the comment"),
    Advice("[bot a]\nsystem = Be terse # for now", "2?system: the comment"),
    Advice("[bot a]\nerror_message = Sorry. # polite", "2?error_message: the comment"),
    Advice("[bot a]\nname = Support ; the first", "2?name: the comment"),
    Advice("[key a]\nsecret = 0123456789abcdef # mine", "2!secret|the comment"),
    Advice("[key a]\nsecret = ${KEY}\nscopes = chat ; only", "3!scopes|the comment"),
    // Quotes.
    .integration("model = 'gpt-4o'", "?model: the quotes|double quotes"),
    .integration("model = `gpt-4o`", "?model: the quotes"),
    .integration("model = “gpt-4o”", "?model: the quotes"),
    .integration("model = „gpt-4o“", "?model: the quotes"),
    .integration("model = «gpt-4o»", "?model: the quotes"),
    .integration("model = gpt-4o”", "?model: the quotes"),
    .integration("model = \"gpt-4o", "?model: the value begins with a double quote"),
    .integration("name = 'GPT'", "?name: the quotes"),
    .integration("name = ‘GPT’", "?name: the quotes"),
    .integration(
      "header.Authorization = 'Bearer abcdef123456'", "?header.Authorization: the quotes"),
    .integration(
      "header.Authorization = “Bearer abcdef123456”", "?header.Authorization: the quotes"),
    .integration(
      "header.Authorization = Bearer “abcdef123456”", "?header.Authorization: the quotes"),
    .integration("probe_url = 'http://127.0.0.1:1/health'", "!probe_url|the quotes"),
    .integration("probe_url = “http://127.0.0.1:1/health”", "!probe_url|the quotes"),
    .integration("timeout = '30s'", "!timeout|the quotes"),
    .integration("param.stop = 'x'", "!param.stop|the quotes"),
    .integration("param.stop = “x”", "!param.stop|the quotes"),
    Advice("[bot a]\nsystem = 'You are terse.'", "2?system: the quotes"),
    Advice("[bot a]\nsystem = “You are terse.”", "2?system: the quotes"),
    Advice("[context]\nfile = '/var/lib/ring'", "2!file|the quotes"),
    Advice("[server]\nlisten = '127.0.0.1:8080'", "2!listen|the quotes"),
    Advice("[log]\nlevel = 'info'", "2!level|the quotes"),
    Advice("[key a]\nsecret = '0123456789abcdef'", "2?secret: the quotes"),
    // Variables.
    .integration("model = $MODEL", "?model: $MODEL|${MODEL}"),
    .integration("model = %MODEL%", "?%MODEL%|${MODEL}"),
    .integration("model = %(MODEL)s", "?${MODEL}"),
    .integration("model = {{MODEL}}", "?${MODEL}"),
    .integration("model = {{ MODEL }}", "?${MODEL}"),
    .integration("model = {MODEL}", "?${MODEL}"),
    .integration("model = $(MODEL)", "?${MODEL}"),
    .integration("model = os.environ/MODEL", "?${MODEL}"),
    .integration("model = {env.MODEL}", "?${MODEL}"),
    .integration("model = $env:MODEL", "?${MODEL}"),
    .integration("model = process.env.MODEL", "?${MODEL}"),
    .integration(
      "header.Authorization = Bearer $OPENAI_API_KEY", "?$OPENAI_API_KEY|${OPENAI_API_KEY}"),
    .integration("header.Authorization = $KEY", "?${KEY}"),
    .integration("header.Authorization = Bearer %(KEY)s", "?${KEY}"),
    .integration("header.Authorization = Bearer %OPENAI_KEY%", "?${OPENAI_KEY}"),
    .integration("header.Authorization = Bearer {{KEY}}", "?${KEY}"),
    .integration("header.Authorization = Bearer {{ env.KEY }}", "?${KEY}"),
    .integration("header.Authorization = Bearer %(key)s", "?${NAME}"),
    .integration("header.X-Team = $TEAM", "?header.X-Team|${TEAM}"),
    .integration("weight = $WEIGHT", "!weight|${WEIGHT}"),
    .integration("timeout = {{TIMEOUT}}", "!timeout|${TIMEOUT}"),
    .integration("probe_url = https://$HOST/health", "!probe_url|${HOST}"),
    Advice("[key a]\nsecret = $OPS_KEY", "2?secret|${OPS_KEY}"),
    Advice("[key a]\nsecret = %OPS_KEY%", "2?${OPS_KEY}"),
    Advice("[server]\nlisten = $HOST:8080", "2!listen|${HOST}"),
    Advice("[context]\nfile = $STATE/ring", "2!file|${STATE}"),
  ])
  func advises(advice: Advice) {
    advice.check()
  }

  /// What only looks like a mistake.
  @Test(
    arguments: [
      "name = Bot #1", "name = O’Brien’s bot", "name = Bot; the second", "model = gpt-4o#2",
      "model = \"gpt ; 4o\"", "header.Accept = text/html; q=0.5", "header.Cookie = a=b; c=d",
      "header.X = \"a ; b\"", "header.X = pa$$word", "header.X = 100%25%20", "header.X = it's",
      "probe_url = http://127.0.0.1:1/a%20b%20c?x=%C3%A9%E4%BD%A0",
      "param.stop = [\"a ; b\", \"# c\"]",
      "param.user = \"$USER\"", "param.logit_bias = {\"50256\": -100}",
      "model = @cf/meta/llama-3.1-8b",
      "model = accounts/x/models/y", "model = hf.co/a/b:Q4_K_M",
    ])
  func isSilentInAnIntegration(line: String) {
    let rest = line.hasPrefix("model") ? "" : "model = m\n"
    let text = """
      [integration a]
      type = openai
      webhook_url = http://127.0.0.1:9/v1/chat/completions
      \(rest)\(line)
      """
    #expect(load(text).lines == [])
  }

  @Test(
    arguments: [
      "system = Réponds en français ; sois bref.", "system = Use C# and F#.",
      "system = Don't use 'smart' quotes.", "system = \"You are terse. ; really\"",
      "system = “Hello” is what you say first",
      "system = Replace {{NAME}} and $NAME by the user's name.",
      "system = Items are separated by ;", "name = 5’10”",
      "error_message = Sorry; try again.", "system = \"'quoted'\"",
    ])
  func isSilentInABot(line: String) {
    #expect(load("[bot a]\n" + line).lines == [])
  }
}
