# scripts/document writes this file.
complete -c postern -f
complete -c postern -n __fish_use_subcommand -a run -d 'serve in the foreground'
complete -c postern -n __fish_use_subcommand -a check -d 'validate the configuration'
complete -c postern -n __fish_use_subcommand -a test -d 'send one message through integrations'
complete -c postern -n __fish_use_subcommand -a key -d 'make an API key'
complete -c postern -n __fish_use_subcommand -a import -d 'convert a LiteLLM configuration'
complete -c postern -n __fish_use_subcommand -a status -d 'show how the running gateway is'
complete -c postern -n __fish_use_subcommand -a chat -d 'talk to the running gateway'
complete -c postern -n __fish_use_subcommand -a trace -d 'show its last exchanges'
complete -c postern -n __fish_use_subcommand -a conversations -d 'list, show or delete conversations'
complete -c postern -n __fish_use_subcommand -a outbox -d 'list, show, retry or drop messages that wait'
complete -c postern -n __fish_use_subcommand -a reload -d 'have it read its file again'
complete -c postern -n __fish_use_subcommand -a version -d 'print the version'
complete -c postern -n __fish_use_subcommand -a help -d 'explain a command'
complete -c postern -n '__fish_seen_subcommand_from run' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from run' -l ignore-unknown
complete -c postern -n '__fish_seen_subcommand_from check' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from check' -l print
complete -c postern -n '__fish_seen_subcommand_from check' -l no-secrets
complete -c postern -n '__fish_seen_subcommand_from check' -l ignore-unknown
complete -c postern -n '__fish_seen_subcommand_from test' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from test' -s m -x
complete -c postern -n '__fish_seen_subcommand_from import' -F
complete -c postern -n '__fish_seen_subcommand_from status' -l watch
complete -c postern -n '__fish_seen_subcommand_from status' -l json
complete -c postern -n '__fish_seen_subcommand_from status' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from status' -s u -x
complete -c postern -n '__fish_seen_subcommand_from status' -s k -r -F
complete -c postern -n '__fish_seen_subcommand_from chat' -s b -x
complete -c postern -n '__fish_seen_subcommand_from chat' -s v
complete -c postern -n '__fish_seen_subcommand_from chat' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from chat' -s u -x
complete -c postern -n '__fish_seen_subcommand_from chat' -s k -r -F
complete -c postern -n '__fish_seen_subcommand_from trace' -l follow
complete -c postern -n '__fish_seen_subcommand_from trace' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from trace' -s u -x
complete -c postern -n '__fish_seen_subcommand_from trace' -s k -r -F
complete -c postern -n '__fish_seen_subcommand_from conversations' -s b -x
complete -c postern -n '__fish_seen_subcommand_from conversations' -l user -x
complete -c postern -n '__fish_seen_subcommand_from conversations' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from conversations' -s u -x
complete -c postern -n '__fish_seen_subcommand_from conversations' -s k -r -F
complete -c postern -n '__fish_seen_subcommand_from conversations' -l bot -x
complete -c postern -n '__fish_seen_subcommand_from conversations' -a 'list show delete'
complete -c postern -n '__fish_seen_subcommand_from outbox' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from outbox' -s u -x
complete -c postern -n '__fish_seen_subcommand_from outbox' -s k -r -F
complete -c postern -n '__fish_seen_subcommand_from outbox' -a 'list show retry drop'
complete -c postern -n '__fish_seen_subcommand_from reload' -s c -r -F
complete -c postern -n '__fish_seen_subcommand_from reload' -s u -x
complete -c postern -n '__fish_seen_subcommand_from reload' -s k -r -F
complete -c postern -n '__fish_seen_subcommand_from version' -l json
complete -c postern -n '__fish_seen_subcommand_from help' -a 'run check test key import status chat trace conversations outbox reload version help'
