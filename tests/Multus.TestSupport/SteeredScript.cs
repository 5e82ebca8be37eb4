namespace Multus.TestSupport;

/// <summary>
/// The text of a <see cref="SteeredPlugin"/>. Shell builtins wherever they do, for a hundred of them run at once in
/// some tests.
/// </summary>
internal static class SteeredScript
{
    private const string Template = """
        #!/bin/sh
        # A CNI plugin steered by a test: rules in $state/steer, a record of every call in $state/calls, their order in $state/log.
        state='@STATE@'
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        answered=

        say() {
            answered=1
            printf %s "$1"
        }

        say_bytes() {
            answered=1
            head -c "$1" /dev/zero | tr '\0' x
        }

        # The members that follow the interfaces are $1.
        say_result() {
            conf=$(cat "$call/stdin")
            version=
            case $conf in
            *'"cniVersion"'*)
                version=${conf#*'"cniVersion"'}
                version=${version#*'"'}
                version="\"cniVersion\":\"${version%%'"'*}\","
                ;;
            esac
            say "{$version\"interfaces\":[{\"name\":\"$CNI_IFNAME\",\"sandbox\":\"$CNI_NETNS\"}]$1}"
        }

        wait_for() {
            while [ ! -e "$1" ]; do
                [ -d "$state" ] || exit 99 # the test is over
                sleep 0.05
            done
        }

        start_child() {
            sleep 600 &
            printf %s $! >"$call/child"
        }

        usual_answer() {
            case $CNI_COMMAND in
            ADD) say_result '' ;;
            VERSION) say '{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}' ;;
            esac
        }

        # Process id and start time (proc(5), field 22) together name this call: ids come round again within a long test run.
        IFS= read -r stat </proc/$$/stat
        set -- ${stat##*) }
        id=$$-${20}
        call=$state/calls/$id
        mkdir "$call"
        printf '%s\n' "$CNI_COMMAND" "$CNI_CONTAINERID" "$CNI_IFNAME" "$CNI_NETNS" "$CNI_ARGS" "$CNI_PATH" >"$call/variables"
        cat >"$call/stdin"
        printf 'begin %s\n' "$id" >>"$state/log"
        trap 'printf "end %s %s\n" "$id" "$?" >>"$state/log"' EXIT

        for rule in "$CNI_CONTAINERID,$CNI_IFNAME" "$CNI_CONTAINERID," ",$CNI_IFNAME" ","; do
            if [ -e "$state/steer/$CNI_COMMAND,$rule" ]; then
                . "$state/steer/$CNI_COMMAND,$rule"
                break
            fi
        done
        [ -n "$answered" ] || usual_answer
        exit 0

        """;

    public static string Text(string state) =>
        Template.Replace("@STATE@", state.Replace("'", @"'\''", StringComparison.Ordinal), StringComparison.Ordinal);
}
