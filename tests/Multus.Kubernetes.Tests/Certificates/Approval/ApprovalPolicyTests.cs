using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Multus.Kubernetes.Certificates.Approval;

namespace Multus.Kubernetes.Tests.Certificates.Approval;

public sealed class ApprovalPolicyTests
{
    private const string Pem = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----";

    [Theory]
    [InlineData("system:node:node-1", "system:nodes,system:authenticated")]
    [InlineData("system:multus:node-1", "system:multus,system:authenticated")]
    [InlineData("system:node:node-1", "")]
    public void A_node_that_asks_for_its_own_certificate_gets_it(string user, string groups)
    {
        var request = Request(user: user, groups: groups);

        Assert.Equal(new ApprovalVerdict.Approve("node-1"), ApprovalPolicy.Decide(request));
    }

    [Theory]
    [InlineData("client auth,digital signature")]
    [InlineData("client auth,digital signature,client auth")]
    public void Usages_are_a_set(string usages) =>
        Assert.IsType<ApprovalVerdict.Approve>(ApprovalPolicy.Decide(Request(usages: usages)));

    [Fact]
    public void A_name_with_dots_is_a_nodes() =>
        Assert.Equal(
            new ApprovalVerdict.Approve("ip-10-0-0-1.eu.example"),
            ApprovalPolicy.Decide(
                Request(
                    user: "system:node:ip-10-0-0-1.eu.example",
                    subject: "O=system:multus, CN=system:multus:ip-10-0-0-1.eu.example"
                )
            )
        );

    public static TheoryData<V1CertificateSigningRequest, string> Denials() =>
        new()
        {
            { Request(user: "system:serviceaccount:kube-system:node-1"), "requester system:serviceaccount" },
            { Request(user: "kubernetes-admin:node-1"), "requester kubernetes-admin" },
            { Request(user: ":node-1"), "requester :node-1" },
            { Request(user: "system:node:"), "node '' must be a DNS-1123 subdomain" },
            { Request(user: "system:node:Node_1"), "node 'Node_1'" },
            { Request(usages: "client auth"), "usages must be" },
            { Request(usages: "digital signature,client auth,server auth"), "server auth" },
            { Request(usages: "digital signature,key encipherment"), "key encipherment" },
            { Request(usages: ""), "usages must be" },
            { Request(groups: "system:nodes,system:masters"), "group system:masters" },
            {
                Request(subject: "O=system:multus, CN=system:multus:node-2"),
                "common name must be system:multus:node-1"
            },
            { Request(subject: "O=system:multus, CN=system:multus"), "common name" },
            { Request(subject: "O=system:multus, CN=system:multus:node-1, CN=system:multus:node-2"), "common name" },
            { Request(subject: "O=system:multus, CN=system:multus:node-1, CN=admin"), "common name" },
            { Request(subject: "O=system:masters, CN=system:multus:node-1"), "organization must be system:multus" },
            { Request(subject: "O=system:multus, O=system:masters, CN=system:multus:node-1"), "system:masters" },
            { Request(subject: "CN=system:multus:node-1"), "organization" },
            { Request(seconds: null), "expirationSeconds is missing" },
            { Request(seconds: (365 * 24 * 3600) + 1), "at most 365 days" },
        };

    [Theory]
    [MemberData(nameof(Denials))]
    public void What_claims_to_be_a_nodes_and_is_not_is_denied_with_the_reason(
        V1CertificateSigningRequest request,
        string reason
    )
    {
        var denied = Assert.IsType<ApprovalVerdict.Deny>(ApprovalPolicy.Decide(request));

        Assert.Contains(reason, denied.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_year_is_not_too_long() =>
        Assert.IsType<ApprovalVerdict.Approve>(ApprovalPolicy.Decide(Request(seconds: 365 * 24 * 3600)));

    [Fact]
    public void Of_several_faults_the_first_in_upstreams_order_is_named()
    {
        var denied = Assert.IsType<ApprovalVerdict.Deny>(
            ApprovalPolicy.Decide(Request(usages: "server auth", groups: "system:masters", seconds: null))
        );

        Assert.StartsWith("the usages", denied.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("")]
    public void A_requester_without_a_node_is_not_decided_on(string user) =>
        Assert.IsType<ApprovalVerdict.Undecided>(ApprovalPolicy.Decide(Request(user: user)));

    public static TheoryData<V1CertificateSigningRequest, string> Others() =>
        new()
        {
            { Request(signer: "kubernetes.io/kubelet-serving"), "signer" },
            { Request(subject: "O=system:nodes, CN=system:node:node-1"), "no user of Multus" },
            { Request(subject: "CN=admin, O=system:multus"), "no user of Multus" },
            { WithPem(""), "cannot be read" },
            { WithPem("no PEM at all"), "cannot be read" },
            { WithPem(Pem), "cannot be read" },
            { With("Approved"), "Approved" },
            { With("Denied"), "Denied" },
            { Signed(), "signed" },
            { new V1CertificateSigningRequest(), "signer" },
        };

    [Theory]
    [MemberData(nameof(Others))]
    public void What_is_none_of_ours_or_decided_already_is_left_alone(V1CertificateSigningRequest request, string why)
    {
        var left = Assert.IsType<ApprovalVerdict.NotOurs>(ApprovalPolicy.Decide(request));

        Assert.Contains(why, left.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_is_not_signed_with_its_own_key_is_left_alone()
    {
        var request = Request();
        var lines = Encoding.ASCII.GetString(request.Spec.Request).Split('\n');
        var der = Convert.FromBase64String(string.Concat(lines[1..^1]));
        der[^1] ^= 1;
        request.Spec.Request = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", der));

        Assert.IsType<ApprovalVerdict.NotOurs>(ApprovalPolicy.Decide(request));
    }

    /// <summary>The API server takes the first block, also one with headers, and signs that.</summary>
    [Theory]
    [InlineData("a-header: value\n\n", "")]
    [InlineData("", "\na word behind it")]
    public void Of_two_requests_in_one_none_is_approved(string header, string between)
    {
        const string Begin = "-----BEGIN CERTIFICATE REQUEST-----\n";
        var request = Request();
        var innocent = Encoding.ASCII.GetString(request.Spec.Request);
        var wanted = Encoding.ASCII.GetString(Request(subject: "O=kubeadm:cluster-admins, CN=admin").Spec.Request);
        request.Spec.Request = Encoding.ASCII.GetBytes(
            $"{wanted.Replace(Begin, Begin + header, StringComparison.Ordinal)}{between}\n{innocent}\n"
        );

        var left = Assert.IsType<ApprovalVerdict.NotOurs>(ApprovalPolicy.Decide(request));

        Assert.Contains("cannot be read", left.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_breaks_around_a_request_are_no_second_one()
    {
        var request = Request();
        request.Spec.Request = [(byte)'\n', .. request.Spec.Request, (byte)'\n', (byte)'\n'];

        Assert.IsType<ApprovalVerdict.Approve>(ApprovalPolicy.Decide(request));
    }

    [Fact]
    public void A_key_of_another_kind_is_a_key_all_the_same()
    {
        using var key = RSA.Create(2048);
        var request = Request();
        request.Spec.Request = Encoding.ASCII.GetBytes(
            new CertificateRequest(
                TestCertificates.Subject,
                key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            ).CreateSigningRequestPem()
        );

        Assert.IsType<ApprovalVerdict.Approve>(ApprovalPolicy.Decide(request));
    }

    private static V1CertificateSigningRequest WithPem(string pem)
    {
        var request = Request();
        request.Spec.Request = Encoding.ASCII.GetBytes(pem);
        return request;
    }

    private static V1CertificateSigningRequest With(string condition)
    {
        var request = Request();
        request.Status = new V1CertificateSigningRequestStatus
        {
            Conditions = [new V1CertificateSigningRequestCondition { Type = condition, Status = "True" }],
        };
        return request;
    }

    private static V1CertificateSigningRequest Signed()
    {
        var request = Request();
        request.Status = new V1CertificateSigningRequestStatus { Certificate = [1] };
        return request;
    }

    private static V1CertificateSigningRequest Request(
        string user = "system:node:node-1",
        string groups = "system:nodes,system:authenticated",
        string usages = "digital signature,client auth",
        string subject = TestCertificates.Subject,
        int? seconds = 600,
        string signer = "kubernetes.io/kube-apiserver-client"
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new V1CertificateSigningRequest
        {
            Spec = new V1CertificateSigningRequestSpec
            {
                Request = Encoding.ASCII.GetBytes(
                    new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem()
                ),
                SignerName = signer,
                Username = user,
                Groups = groups.Split(',', StringSplitOptions.RemoveEmptyEntries),
                Usages = usages.Split(',', StringSplitOptions.RemoveEmptyEntries),
                ExpirationSeconds = seconds,
            },
        };
    }
}
