import Testing

@testable import Configuration

/// What `check --print` shows.
@Suite struct EffectiveTextTests {
  private func effective(_ report: ConfigurationReport) -> String {
    String(decoding: report.effectiveText(), as: UTF8.self)
  }

  @Test func showsOriginsAndHidesSecrets() {
    let text = """
      ; mine
      [integration gpt]
      type = OpenAI
      webhook_url = "https://api.example/v1/chat/completions?key=k3y"
      model = ${MODEL}

      header.Authorization = Bearer sk-1
      timeout = 45
      fallback = OFF
      param.stop = "\\n"
      [key ops]
      secret = ${KEY}
      scopes = read, write
      [context]
      window = 4
      sync = NEVER
      """
    let report = load(text, ["MODEL": "gpt-4o", "KEY": "0123456789abcdef"])
    #expect(report.lines == [])
    let expected = """
      # line 14
      [context]
      # lines 15 to 16
      window = 4
      sync = never
      # default
      memory = 4M
      window_tokens = auto
      largest_part = 64K
      # not set: file
      """
    #expect(effective(report).contains(expected + "\n"))
    let key = """
      # line 11
      [key ops]
      # lines 12 to 13
      secret = ****
      scopes = read, write
      # default
      show_attempts = no
      # not set: bots

      # implied
      [bot default]
      # implied
      name = default
      window = 4
      # default
      error_message = Sorry, I can't answer right now. Please try again in a moment.
      sticky = no
      hedge = no
      deadline = 120s
      delivery = live
      # not set: system, system_file, aliases, callback, callback_secret

      # line 2
      [integration gpt]
      # lines 3 to 5
      type = openai
      webhook_url = https://api.example/v1/chat/completions?****
      model = ****
      # lines 7 to 10
      header.Authorization = ****
      timeout = 45s
      fallback = no
      param.stop = "\\n"
      # implied
      bot = default
      name = gpt
      # default
      allow_http = no
      connect_timeout = 5s
      idle_timeout = 30s
      weight = 1
      enabled = yes
      serves = chat
      retries = 2
      backoff = 500ms
      retry_after_max = 10s
      stream = auto
      prefill = no
      max_response = 1M
      breaker = 5/30s
      on_filter = stop
      max_in_flight = 0
      probe_interval = 10s
      warm = no
      # not set: max_tokens, max_tokens_limit, drop, ca_file, client_certificate, client_key, proxy, probe_url, \
      price_input, price_output, price_cached
      """
    #expect(effective(report).hasSuffix(key + "\n"))
  }

  @Test(arguments: [
    "",
    "[bot a]\n[bot b]\n[bot c]\nwindow = 3",
    """
    [server]
    listen = unix:/s , [::1]:0
    max_body = 1k
    idle_timeout = 1
    [context]
    memory = 5000
    sync = Always
    [limits]
    per_user = 3/h
    [bot x]
    system = " \\"two\\"\\nlines\\t$${X} \\\\"
    error_message = ;# "quoted" = ${
    sticky = 1
    [integration a]
    bot = x
    webhook_url = http://localhost
    param.s = "a\\"b"
    param.t = "\\"x\\""
    param.n = 1e2
    param.o = {"a": [1, "b"]}
    breaker = 0
    stream = true
    max_tokens = 7
    """,
  ])
  func readsBackTheSame(text: String) {
    // The sample has an unclosed ${ that must be refused, so it is escaped here.
    let text = text.replacing("= ${", with: "= $${")
    let report = load(text)
    #expect(report.lines == [])
    let again = load(effective(report))
    #expect(again.lines == [])
    #expect(again.configuration != nil)
    #expect(again.dumped == report.dumped)
    #expect(effective(again).filter { $0 != "#" }.count > 1000)
  }

  @Test func hidesParametersThatAreSecrets() {
    let text = """
      [integration a]
      type = echo
      param.api_key = "hidden-1"
      param.accessToken = "hidden-2"
      param.password = "hidden-3"
      param.extra = {"client_secret": 1}
      param.client-secret = ["hidden-4"]
      param.max_completion_tokens = 17
      """
    let shown = effective(load(text))
    #expect(!shown.contains("hidden"))
    #expect(shown.contains("\nparam.api_key = ****\n"))
    #expect(shown.contains("\nparam.max_completion_tokens = 17\n"))
  }

  @Test func namesEverySetting() {
    let text = effective(load(everything.text, everything.variables, files: everything.files))
    for kind in SectionKind.allCases {
      for setting in kind.settings { #expect(text.contains("\(setting.name)")) }
    }
  }
}
